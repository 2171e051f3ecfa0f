import { createHash } from 'node:crypto';
import { sha256 } from '../../src/adapters/clock.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import type { AlertBatch, Announcement } from '../../src/domain/alert.ts';
import type { Hearer } from '../../src/domain/alert-due.ts';
import type { AlertRules } from '../../src/domain/alert-routing.ts';
import type { Digest } from '../../src/domain/plan.ts';
import type { BindingName, Outlook, Problem, ProblemFacts } from '../../src/domain/problem.ts';
import type { Severity } from '../../src/domain/policy.ts';
import type { DeliveryResult, Sink } from '../../src/ports/sink.ts';
import type { Lease, Leases } from '../../src/ports/state.ts';
import type { Store } from '../../src/ports/store.ts';
import type { DeliverDeps } from '../../src/usecases/deliver.ts';
import { after, days, fingerprint, today } from './facts.ts';
import { memoryStore, quietLog } from './store.ts';
import { VirtualClock } from './virtual-clock.ts';

export type ExpiryFacts = Extract<ProblemFacts, { kind: 'expiring' | 'expired' }>;

/** Everything goes to every sink, at once and once. */
export const plainRules: AlertRules = { routes: [], repeat: null, sinks: {} };

/** A sink that took its first message long ago. */
export function hearer(name = 'team', overrides: Partial<Hearer> = {}): Hearer {
  return { name, style: 'notify', firstAcceptedAt: after(today, -days(900)), ...overrides };
}

/** The default slot of `edge`, port 443, in cn-hangzhou. */
export function aBinding(overrides: Partial<BindingName> = {}): BindingName {
  return {
    ref: {
      account: 'main',
      region: 'cn-hangzhou',
      product: 'nlb',
      loadBalancerId: 'nlb-1',
      listenerId: 'lsn-1@443',
    },
    loadBalancerName: 'edge',
    listenerDescription: 'web',
    port: 443,
    slot: 'default',
    ...overrides,
  };
}

export const rotatesTomorrow: Outlook = {
  kind: 'rotates',
  to: '202-cn-hangzhou',
  notBefore: after(today, days(1)),
};

/** Certificate 101, on one binding, with six days left at `today` and its successor found. */
export function expiryFacts(overrides: Partial<ExpiryFacts> = {}): ExpiryFacts {
  return {
    kind: 'expiring',
    account: 'main',
    site: 'cn-hangzhou',
    certificate: {
      id: '101-cn-hangzhou',
      label: 'shop',
      names: ['shop.example.com'],
      fingerprint256: createHash('sha256').update('101').digest('hex'),
    },
    notAfter: after(today, days(6)),
    bindings: [aBinding()],
    outlook: [rotatesTomorrow],
    ...overrides,
  };
}

export function expiring(
  severity: Severity,
  overrides: Partial<ExpiryFacts> = {},
  key = 'expiring/main/cn-hangzhou/101-cn-hangzhou',
): Problem {
  return { key, severity, facts: expiryFacts(overrides) };
}

/** A problem that comes and goes without an end of its own. */
export function missing(action: string, severity: Severity = 'warning'): Problem {
  const facts = { kind: 'missing', account: 'main', region: 'cn-hangzhou', action } as const;
  return { key: `missing/main/${action}`, severity, facts: { ...facts, code: 'cloud.denied' } };
}

export function rotationEnded(
  severity: Severity,
  overrides: Partial<Extract<ProblemFacts, { kind: 'rotation' }>> = {},
): Problem {
  return {
    key: 'rotation/main/cn-hangzhou/nlb/nlb-1/lsn-1@443',
    severity,
    facts: {
      kind: 'rotation',
      rotationId: 'r-1',
      binding: aBinding(),
      outcome: 'committed',
      reason: null,
      detail: '',
      from: { id: '101', fingerprint256: fingerprint('101'), notAfter: after(today, days(6)) },
      to: { id: '202', fingerprint256: fingerprint('202'), notAfter: after(today, days(90)) },
      bound: null,
      mismatches: [],
      requestId: null,
      ...overrides,
    },
  };
}

type Behaviour = DeliveryResult | 'accept' | 'die-after-sending' | 'hang';

/** A sink that keeps what it accepted and behaves as `next` says, or accepts. */
export class TestSink implements Sink {
  readonly kind: string;
  readonly style = 'notify';
  readonly limits = { bytes: 1_000_000, perMinute: 6_000 };
  readonly batches: AlertBatch[] = [];
  behave: (batch: AlertBatch) => Behaviour = () => 'accept';

  readonly name: string;

  constructor(name: string, kind = 'webhook') {
    this.name = name;
    this.kind = kind;
  }

  get heard(): readonly Announcement[] {
    return this.batches.flatMap(({ announcements }) => announcements);
  }

  get ids(): readonly string[] {
    return this.heard.map(({ id }) => id);
  }

  async deliver(batch: AlertBatch, signal: AbortSignal): Promise<DeliveryResult> {
    signal.throwIfAborted();
    const behaviour = this.behave(batch);
    if (behaviour === 'hang') return untilAborted(signal);
    if (behaviour === 'die-after-sending') {
      this.batches.push(batch);
      throw new Error('the process died');
    }
    if (behaviour !== 'accept' && behaviour.kind !== 'accepted') return behaviour;
    const taken = behaviour === 'accept' ? batch.announcements.length : behaviour.taken;
    this.batches.push({ ...batch, announcements: batch.announcements.slice(0, taken) });
    return { kind: 'accepted', taken };
  }
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  signal.throwIfAborted();
  throw new Error('aborted');
}

/** Leases of one process group: held until released. */
export function memoryLeases(): Pick<Leases, 'acquire'> & {
  readonly held: Set<string>;
  lose: (name: string) => void;
} {
  const held = new Set<string>();
  return {
    held,
    lose: (name) => held.delete(name),
    acquire: async (name) => {
      if (held.has(name)) return null;
      held.add(name);
      return lease(name, held);
    },
  };
}

function lease(name: string, held: Set<string>): Lease {
  return {
    name,
    remaining: () => (held.has(name) ? 30_000 : 0),
    renew: async () => {
      if (!held.has(name)) throw new Error('the lease is lost');
    },
    release: async () => {
      held.delete(name);
    },
  };
}

export interface AlertWorld extends DeliverDeps {
  readonly sha256: Digest;
  readonly clock: VirtualClock;
  readonly hints: string[];
  readonly store: Store;
}

/** One replica: `share` gives it another one's store, clock and sinks. */
export function alertWorld(
  sinks: readonly Sink[],
  given: { share?: AlertWorld; rules?: AlertRules; clock?: VirtualClock } = {},
): AlertWorld {
  const store = given.share?.store ?? memoryStore();
  const hints: string[] = [];
  return {
    store,
    hints,
    ledger: openAlertLedger(store),
    sinks,
    rules: () => given.rules ?? plainRules,
    clock: given.share?.clock ?? given.clock ?? new VirtualClock(today),
    leases: given.share?.leases ?? memoryLeases(),
    dispatcher: {
      delivery: async (sink) => {
        hints.push(sink);
      },
    },
    log: quietLog,
    sha256,
  };
}

/** A signal that nobody aborts. */
export const steady = new AbortController().signal;
