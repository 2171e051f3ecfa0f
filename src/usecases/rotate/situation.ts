import { NewleafError } from '../../domain/errors.ts';
import type { ListenerState } from '../../domain/listener.ts';
import { probeName } from '../../domain/matrix.ts';
import { recordedSlots, slotsOf } from '../../domain/plan.ts';
import { slotsAfter, type Rotation } from '../../domain/rotation-state.ts';
import type { JournalEvent } from '../../domain/rotation.ts';
import type { ServedNow, Situation } from '../../domain/situation.ts';
import type { Hands } from './deps.ts';
import { readAgreed } from './read.ts';

/** So many names are asked for, beside no name at all: a person wants to see where things stand, not prove it. */
const mostNames = 3;

/** A person who must act is told what is bound and served now, as far as it can be seen. Other events stay as they are. */
export async function withSituation(
  hands: Hands,
  rotation: Rotation,
  event: JournalEvent,
  signal: AbortSignal,
): Promise<JournalEvent> {
  if (event.kind !== 'needs-operator') return event;
  try {
    const state = await readAgreed(hands, rotation.record.plan.ref, signal);
    if (state === null) return { ...event, bound: null };
    const served = await servedBy(hands, rotation, state, signal);
    return { ...event, bound: recordedSlots(state), served };
  } catch (error) {
    if (signal.aborted || !(error instanceof NewleafError)) throw error;
    // The question must reach a person even when the cloud cannot be read.
    return { ...event, detail: `${event.detail}; the bindings cannot be read (${error.code})` };
  }
}

async function servedBy(
  { prober }: Hands,
  { record: { plan } }: Rotation,
  { ref, alpn, endpoints }: ListenerState,
  signal: AbortSignal,
): Promise<readonly ServedNow[]> {
  const names = slotsOf(plan).includes('additional') ? plan.from.names.slice(0, mostNames) : [];
  const { loadBalancerId } = ref;
  const shared = { loadBalancerId, alpn, keyType: 'any', client: null, isProof: true } as const;
  const looks = endpoints
    .filter((endpoint) => prober.reaches(endpoint))
    .flatMap((endpoint) =>
      [null, ...names.map(probeName)].map((serverName) => ({ endpoint, serverName })),
    );
  return Promise.all(
    looks.map(async ({ endpoint, serverName }) => {
      const { zone, address, port } = endpoint;
      const seen = await prober.observe({ ...shared, endpoint, serverName }, signal);
      const where = { zone, address: `${address}:${port}`, serverName };
      return seen.kind === 'served'
        ? { ...where, fingerprint256: seen.leaf.fingerprint256, reason: null }
        : { ...where, fingerprint256: null, reason: seen.reason };
    }),
  );
}

/** What a person is told besides the outcome; left out where nobody has to act. */
export function situationOf({
  record: { plan },
  ending,
  lastFailure,
}: Rotation): Situation | undefined {
  const entry = ending?.entry;
  if (entry !== undefined && entry.kind !== 'needs-operator') return undefined;
  return {
    touched: slotsOf(plan),
    bound: entry?.bound ?? null,
    before: plan.recorded,
    intended: slotsAfter(plan, plan.steps.length),
    served: entry?.served ?? [],
    code: lastFailure === null ? null : (lastFailure.cloudCode ?? lastFailure.code),
  };
}
