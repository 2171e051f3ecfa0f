import type { Certificate } from '../../../src/domain/certificate.ts';
import type { Admission } from '../../../src/domain/admission.ts';
import { NewleafError } from '../../../src/domain/errors.ts';
import type { ListenerState } from '../../../src/domain/listener.ts';
import type { Step } from '../../../src/domain/plan.ts';
import type { Problem } from '../../../src/domain/problem.ts';
import type { JournalEntry, RotationRecord } from '../../../src/domain/rotation.ts';
import type { Rules } from '../../../src/domain/rules.ts';
import type { CloudAccount, Ticket } from '../../../src/ports/listeners.ts';
import type { Journal } from '../../../src/ports/state.ts';
import type { RotateDeps } from '../../../src/usecases/rotate/deps.ts';
import { aPolicy, days, hours } from '../facts.ts';
import type { LabClock } from './clock.ts';
import type { LabCloud } from './cloud.ts';
import { identity, type LabEndpoints } from './endpoints.ts';
import type { LabLeases } from './leases.ts';
import { sha256 } from './record.ts';
import type { Boundary, Replica } from './replica.ts';
import type { Stock } from './shapes.ts';

export const callTimeout = 10_000;

const rules: Rules = {
  policies: [aPolicy({ mode: 'auto' })],
  freezes: [],
  verify: { deadline: 30_000, rounds: 2, gap: 5000, settle: 15_000, blind: 'refuse' },
  quarantine: days(7),
  identities: [{ name: identity, listeners: ['lsn-1@443'], mayLose: false }],
  caReplacements: [],
  scanEvery: hours(6),
};

const pace = { readGap: 100, poll: 1000, callTimeout, jobDeadline: 20_000, retryPause: 500 };

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What all processes share. */
export interface Site {
  readonly clock: LabClock;
  readonly cloud: LabCloud;
  readonly endpoints: LabEndpoints;
  readonly leases: LabLeases;
  readonly stock: Stock;
  readonly record: RotationRecord;
  readonly entries: JournalEntry[];
  readonly problems: Map<string, Problem>;
  admission: Admission;
  /** Does something that others can see. */
  cross<T>(replica: Replica, boundary: Boundary, effect: () => T): Promise<T>;
  read(): ListenerState | null;
  start(replica: Replica, step: Step, token: string): Ticket;
  appended(entry: JournalEntry): void;
}

/** What the executor of one process is given. */
export function depsOf(site: Site, replica: Replica): RotateDeps {
  const gated = async <T>(effect: () => T): Promise<T> => {
    await replica.running();
    return effect();
  };
  return {
    accounts: new Map([['main', accountOf(site, replica)]]),
    prober: {
      perLoadBalancerPerSecond: null,
      reaches: () => true,
      observe: (probe) => gated(() => site.endpoints.observe(probe)),
    },
    journal: journalOf(site, replica),
    admission: {
      read: () => gated(() => site.admission),
      update: (change) =>
        site.cross(replica, 'admission', () => {
          const { next, result } = change(site.admission);
          site.admission = next;
          return result;
        }),
    },
    leases: { acquire: (name) => site.leases.acquire(name, replica) },
    clock: replica.clock(site.clock),
    rules: () => rules,
    sha256,
    pace,
    log: silent,
    startBlocker: () => gated(() => null),
    raise: (problem) => gated(() => void site.problems.set(problem.key, problem)),
    withdraw: (key) => gated(() => void site.problems.delete(key)),
  };
}

function accountOf(site: Site, replica: Replica): CloudAccount {
  const certificates: readonly Certificate[] = Object.values(site.stock);
  // What the store does not know adds no names to ask for, and so no handshakes to every round.
  const byId = (id: string): Certificate | null =>
    certificates.find((certificate) => certificate.id === id && id !== '901') ?? null;
  return {
    name: 'main',
    regions: ['cn-hangzhou'],
    listeners: {
      account: 'main',
      product: 'nlb',
      limits: { idsPerCall: 15, additionalPerLoadBalancer: 25, defaults: 1 },
      discover: async function* () {},
      read: () => site.cross(replica, 'read', () => site.read()),
      regions: async () => ['cn-hangzhou'],
      skewMs: () => 0,
    },
    writer: {
      start: (_was, step, token) =>
        site.cross(replica, 'start', () => site.start(replica, step, token)),
      progress: (_was, job) => site.cross(replica, 'progress', () => site.cloud.progress(job)),
    },
    stores: (of) => ({
      account: 'main',
      site: of,
      list: async function* () {},
      resolve: (id) => replica.running().then(() => byId(id)),
      authorities: async (ids) => ({
        certificates: ids.flatMap((id) => byId(id) ?? []),
        missing: [],
      }),
    }),
    identity: async () => ({ accountId: '1', arn: 'acs:ram::1:root' }),
    tryActions: async () => [],
  };
}

function journalOf(site: Site, replica: Replica): Journal {
  const { record, entries, clock } = site;
  return {
    create: async () => {},
    read: async () => {
      await replica.running();
      return { record, entries: [...entries] };
    },
    append: (_id, event, after) =>
      site.cross(replica, 'append', () => {
        if (entries.length !== after)
          throw new NewleafError('store.conflict', 'another entry is there');
        const entry: JournalEntry = { ...event, id: `e${after}`, at: clock.now() };
        site.appended(entry);
        return entry;
      }),
    recent: async () => [record.id],
    open: async () => [record.id],
    settle: () => replica.running(),
    forget: async () => 0,
  };
}
