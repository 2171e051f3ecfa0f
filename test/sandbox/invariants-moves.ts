import { apps, front, mutual, type State } from './support.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Move {
  readonly action: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Table {
  readonly random: () => number;
  readonly state: State;
  /** Certificates of the right store, by id. */
  readonly certificates: readonly string[];
}

const web = 'nlb-smallweb0000001';
const partner = 'nlb-smallpartner001';

const makers: readonly ((table: Table) => Move)[] = [
  swap,
  swap,
  associate,
  associate,
  associate,
  disassociate,
  disassociate,
  create,
  create,
  remove,
  ({ random, state }) =>
    onListener('UpdateListenerAttribute', anyListener(state, random), {
      IdleTimeout: 10 + Math.floor(random() * 890),
    }),
  ({ random }) => onListener('StopListener', pick([front, apps, mutual], random)),
  ({ random }) => onListener('StartListener', pick([front, apps, mutual], random)),
];

/** A write that may go through or be refused, whatever the state is by the time it arrives. */
export function nextMove(table: Table): Move {
  return pick(makers, table.random)(table);
}

export function pick<T>(from: readonly T[], random: () => number): T {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

function swap({ random, state, certificates }: Table): Move {
  return onListener('UpdateListenerAttribute', tlsListener(state, random).id, {
    CertificateIds: some(certificates, random() < 0.1 ? 2 : 1, random),
  });
}

/** Mostly what is not bound there, a few or as many as a call may and one more: the limits must be met, not only neared. */
function associate({ random, state, certificates }: Table): Move {
  const { id, slots } = tlsListener(state, random);
  const bound = new Set([slots.default, ...slots.additional.map((row) => row.certificateId)]);
  const free = certificates.filter((each) => !bound.has(each));
  const count = random() < 0.3 ? 15 + Math.floor(random() * 2) : 1 + Math.floor(random() * 5);
  return onListener('AssociateAdditionalCertificatesWithListener', id, {
    AdditionalCertificateIds: some(random() < 0.8 ? free : certificates, count, random),
  });
}

/** Mostly what is bound, which may have been taken away meanwhile. */
function disassociate({ random, state, certificates }: Table): Move {
  const { id, slots } = tlsListener(state, random);
  const bound = slots.additional.map((row) => row.certificateId);
  const from = bound.length > 0 && random() < 0.8 ? bound : certificates;
  return onListener('DisassociateAdditionalCertificatesWithListener', id, {
    AdditionalCertificateIds: some(
      from,
      random() < 0.4 ? 15 : 1 + Math.floor(random() * 4),
      random,
    ),
  });
}

function create({ random, certificates }: Table): Move {
  const overTls = random() < 0.3;
  const LoadBalancerId = overTls || random() < 0.3 ? web : partner;
  return {
    action: 'CreateListener',
    fields: {
      LoadBalancerId,
      ListenerProtocol: overTls ? 'TCPSSL' : 'TCP',
      ListenerPort: 7000 + Math.floor(random() * 80),
      ServerGroupId: LoadBalancerId.replace('nlb-', 'sgp-'),
      ...(overTls ? { CertificateIds: some(certificates, 1, random) } : {}),
    },
  };
}

/** Never one of the seed. */
function remove({ random, state }: Table): Move {
  const made = state.listeners.filter((each) => !each.id.startsWith('lsn-small'));
  return onListener('DeleteListener', made.length === 0 ? 'lsn-none' : pick(made, random).id);
}

function onListener(action: string, ListenerId: string, fields: Move['fields'] = {}): Move {
  return { action, fields: { ListenerId, ...fields } };
}

function tlsListener(state: State, random: () => number): State['listeners'][number] {
  return pick(
    state.listeners.filter((each) => each.protocol === 'TCPSSL'),
    random,
  );
}

function anyListener(state: State, random: () => number): string {
  return pick(state.listeners, random).id;
}

function some<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  return from
    .map((each) => ({ each, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .slice(0, count)
    .map(({ each }) => each);
}
