import { aCertificate, aListener, anEndpoint, days, failed, served, today } from './facts.ts';
import type { Certificate, CertificateId } from '../../src/domain/certificate.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import type { ListenerState } from '../../src/domain/listener.ts';
import type { Observation, Probe } from '../../src/domain/observation.ts';
import type { Step } from '../../src/domain/plan.ts';
import type { CloudAccount, Ticket } from '../../src/ports/listeners.ts';
import type { Prober } from '../../src/ports/prober.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How one write goes wrong: not received; received, reply lost; received and landing late; refused; its job fails. */
type Fault = 'lost-before' | 'lost-after' | 'late' | 'refused' | 'job-fails';

/** What goes wrong in the world, besides crashes. */
export interface Faults {
  /** How the n-th write call (from 1) is answered; unlisted calls work. */
  readonly calls?: Readonly<Record<number, Fault>>;
  /** Answer every swap without an entry in `calls` like this. */
  readonly swaps?: Fault;
  /** Answer every restore like this. */
  readonly restores?: Fault;
  /** The zone keeps the leaf it served at the start. */
  readonly stuckZone?: string;
  /** The new leaf comes without its intermediate. */
  readonly untrusted?: boolean;
  /** Somebody binds another certificate right after the n-th job is done. */
  readonly intruder?: { readonly afterJob: number };
  /** The new certificate is bound before we start. */
  readonly landed?: boolean;
  readonly oldNotAfter?: Date;
}

const jobMillis = 800;
const lateMillis = 10_000;
const zones = ['cn-hangzhou-a', 'cn-hangzhou-b'];

/** One listener of a cloud in memory, its endpoints, and what may go wrong with both. */
export class MemoryCloud {
  readonly old: Certificate;
  readonly fresh = aCertificate({
    id: '202-cn-hangzhou',
    notAfter: new Date(today.getTime() + days(200)),
  });
  readonly intruder = aCertificate({ id: '303-cn-hangzhou' });
  readonly writes: { readonly token: string; readonly to: CertificateId }[] = [];

  #bound: CertificateId;
  #pending: { readonly id: CertificateId; readonly due: number } | null = null;
  #calls = 0;
  #done = 0;
  readonly #late: { readonly id: CertificateId; readonly due: number }[] = [];
  readonly #jobs = new Map<string, { readonly due: number; readonly fails: boolean }>();
  readonly #tickets = new Map<string, Ticket>();
  readonly #clock: VirtualClock;
  readonly #faults: Faults;
  /** Called before and after every write that reaches the cloud. */
  readonly #boundary: (when: 'before' | 'after') => void;

  constructor(clock: VirtualClock, faults: Faults, boundary: (when: 'before' | 'after') => void) {
    this.#clock = clock;
    this.#faults = faults;
    this.#boundary = boundary;
    this.old = aCertificate({
      id: '101-cn-hangzhou',
      notAfter: faults.oldNotAfter ?? new Date(today.getTime() + days(20)),
    });
    this.#bound = faults.landed === true ? this.fresh.id : this.old.id;
  }

  readonly prober: Prober = {
    perLoadBalancerPerSecond: null,
    reaches: () => true,
    observe: async (probe) => this.#observe(probe),
  };

  bound(): CertificateId {
    this.#settle();
    return this.#bound;
  }

  state(): ListenerState {
    this.#settle();
    return aListener({
      status: this.#pending === null ? 'running' : 'changing',
      bound: [{ slot: 'default', id: this.#bound, state: 'bound' }],
      endpoints: zones.map((zone, index) => anEndpoint({ zone, address: `127.0.0.${index + 2}` })),
    });
  }

  account(): CloudAccount {
    const certificates = new Map(
      [this.old, this.fresh, this.intruder].map((facts) => [facts.id, facts]),
    );
    return {
      name: 'main',
      regions: ['cn-hangzhou'],
      listeners: {
        account: 'main',
        product: 'nlb',
        limits: { idsPerCall: 15, additionalPerLoadBalancer: 25, defaults: 1 },
        discover: async function* () {},
        read: async () => this.state(),
        regions: async () => ['cn-hangzhou'],
        skewMs: () => 0,
      },
      writer: {
        start: async (_was, step, token) => this.#start(step, token),
        progress: async (_was, job) => this.#progress(job),
      },
      stores: (site) => ({
        account: 'main',
        site,
        list: async function* () {},
        resolve: async (id) => certificates.get(id) ?? null,
        authorities: async () => ({ certificates: [], missing: [] }),
      }),
      identity: async () => ({ accountId: '1', arn: 'acs:ram::1:root' }),
      tryActions: async () => [],
    };
  }

  #start(step: Step, token: string): Ticket {
    this.#boundary('before');
    if (step.kind !== 'replace') throw new Error('only replace steps are made here');
    const known = this.#tickets.get(token);
    if (known !== undefined) return known;
    const fault = this.#nextFault(step.to === this.old.id);
    if (fault === 'lost-before') throw indefinite();
    if (fault === 'refused') throw definite();
    this.writes.push({ token, to: step.to });
    const ticket = this.#accept(step.to, fault);
    if (fault === 'lost-after' || fault === 'late') throw indefinite();
    this.#tickets.set(token, ticket);
    this.#boundary('after');
    return ticket;
  }

  #nextFault(restore: boolean): Fault | undefined {
    this.#calls += 1;
    return (
      this.#faults.calls?.[this.#calls] ?? (restore ? this.#faults.restores : this.#faults.swaps)
    );
  }

  #accept(to: CertificateId, fault: Fault | undefined): Ticket {
    const due = this.#clock.now().getTime() + (fault === 'late' ? lateMillis : jobMillis);
    const ticket = { job: `job-${this.#calls}`, requestId: `REQ-${this.#calls}` };
    this.#jobs.set(ticket.job, { due, fails: fault === 'job-fails' });
    if (fault !== 'job-fails') this.#land(to, due);
    return ticket;
  }

  #land(id: CertificateId, due: number): void {
    if (due - this.#clock.now().getTime() > jobMillis) this.#late.push({ id, due });
    else this.#pending = { id, due };
  }

  #settle(): void {
    const now = this.#clock.now().getTime();
    const late = this.#late[0];
    if (late !== undefined && late.due <= now) {
      this.#late.shift();
      this.#bound = late.id;
    }
    if (this.#pending === null || this.#pending.due > now) return;
    this.#bound = this.#pending.id;
    this.#pending = null;
    this.#done += 1;
    if (this.#faults.intruder?.afterJob === this.#done) this.#bound = this.intruder.id;
  }

  #progress(job: string): ReturnType<CloudAccount['writer']['progress']> {
    const known = this.#jobs.get(job);
    if (known === undefined) return Promise.resolve({ kind: 'unknown' });
    if (this.#clock.now().getTime() < known.due) return Promise.resolve({ kind: 'pending' });
    return Promise.resolve(
      known.fails ? { kind: 'failed', detail: 'the job failed' } : { kind: 'done' },
    );
  }

  #observe(probe: Probe): Observation {
    const id = probe.endpoint.zone === this.#faults.stuckZone ? this.old.id : this.bound();
    const facts = [this.old, this.fresh, this.intruder].find((known) => known.id === id);
    return this.show(facts ?? this.old, probe);
  }

  /** What a handshake sees when this certificate is served. */
  show(certificate: Certificate, probe: Probe): Observation {
    if (probe.keyType === 'ecdsa') return failed('no-common-parameters', this.#clock.now());
    const broken = this.#faults.untrusted === true && certificate.id === this.fresh.id;
    return served({
      at: this.#clock.now(),
      leaf: { fingerprint256: certificate.fingerprint256 ?? '' },
      trust: broken
        ? { verdict: 'untrusted', reason: 'incomplete-chain', detail: 'no issuer was sent' }
        : { verdict: 'trusted' },
      nameCovered: probe.serverName === null ? null : true,
    });
  }
}

function definite(): NewleafError {
  return new NewleafError('cloud.refused', 'the change was refused', {
    fields: { definite: true, cloudCode: 'IllegalParam' },
  });
}

function indefinite(): NewleafError {
  return new NewleafError('cloud.timeout', 'the call timed out', { fields: { definite: false } });
}
