import { additionalCounts } from './additional.ts';
import type { Admission, Commit } from './admission.ts';
import { type Bound, boundOn, certificateLookup } from './bound.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import { expiryUnknown } from './ca-names.ts';
import {
  type Finding,
  type Quota,
  listenerFindings,
  looksFor,
  servedFindings,
} from './findings.ts';
import type { Inventory, KnownListener, Missing, ServedAt } from './inventory.ts';
import { type ListenerRef, type ListenerState, listenerKey, type Slot } from './listener.ts';
import type { Planning } from './planning.ts';
import { type Policy, policyFor, type Severity } from './policy.ts';
import { revertedCommit } from './revert.ts';
import { severityOf } from './threshold.ts';
import { loadBalancerKey } from './trial.ts';
import { isUnsettled } from './unsettled.ts';

const day = 86_400_000;

/** The verdict on one binding. */
export interface Assessment {
  readonly listener: ListenerState;
  /** When the listener was last read. */
  readonly seenAt: Date;
  readonly slot: Slot;
  readonly certificateId: CertificateId;
  /** Null when neither a store nor a handshake told anything about it. */
  readonly certificate: Certificate | null;
  /** Whole days left, rounded down, negative once expired; null when the expiry is not known. */
  readonly daysLeft: number | null;
  /** `ok` when the expiry is not known: the finding `expiry-unknown` speaks for it. */
  readonly severity: Severity;
  readonly policy: Policy;
  /** Additional certificates on all listeners of the load balancer, and how many it may hold; null when that is not known. */
  readonly quota: Quota;
  readonly findings: readonly Finding[];
  /** The looks that speak for this binding. */
  readonly served: readonly ServedAt[];
}

export interface AssessContext {
  readonly now: Date;
  readonly policies: readonly Policy[];
  /** Null when nobody planned, as in a scan on its own: then nothing is said to be unscheduled. */
  readonly planning: Planning | null;
  readonly admission: Pick<Admission, 'inFlight' | 'commits' | 'left'>;
  /** How many additional certificates the load balancer may hold; null when that is not known. */
  readonly additionalLimit: (ref: ListenerRef) => number | null;
}

/** One Assessment a binding, in the Inventory's order. Listeners known to be deleted have none. */
export function assessInventory(
  inventory: Inventory,
  context: AssessContext,
): readonly Assessment[] {
  const lookup = certificateLookup(inventory);
  const schedule = scheduleOf(context);
  const additional = additionalCounts(inventory.listeners);
  return inventory.listeners.flatMap((known) => {
    if (known.state.status === 'gone') return [];
    const { ref } = known.state;
    const used = additional.get(loadBalancerKey(ref)) ?? 0;
    const quota = { used, limit: context.additionalLimit(ref) };
    const shared = listenerFindings(known, quota);
    const bound = boundOn(known, lookup);
    return bound.map((binding) =>
      assessBinding(known, binding, { bound, quota, shared, schedule, context }),
    );
  });
}

/** What `scan` and `status` show: every binding, the most urgent first, and what could not be read. */
export interface Stock {
  readonly takenAt: Date | null;
  readonly bindings: readonly Assessment[];
  readonly missing: readonly Missing[];
}

/** The Inventory as people read it. Bindings whose expiry is not known come last. */
export function takeStock(inventory: Inventory, context: AssessContext): Stock {
  const bindings = assessInventory(inventory, context).toSorted((a, b) => endOf(a) - endOf(b));
  return { takenAt: inventory.takenAt, bindings, missing: inventory.missing };
}

function endOf({ certificate }: Assessment): number {
  return certificate?.notAfter?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

interface Surroundings {
  readonly bound: readonly Bound[];
  readonly quota: Quota;
  readonly shared: readonly Finding[];
  readonly schedule: Schedule;
  readonly context: AssessContext;
}

function assessBinding(known: KnownListener, binding: Bound, around: Surroundings): Assessment {
  const { state, seenAt, served } = known;
  const { row, certificate } = binding;
  const policy = policyFor(around.context.policies, state);
  const notAfter = certificate?.notAfter ?? null;
  return {
    listener: state,
    seenAt,
    slot: row.slot,
    certificateId: row.id,
    certificate,
    daysLeft:
      notAfter === null
        ? null
        : Math.floor((notAfter.getTime() - around.context.now.getTime()) / day),
    severity: severity(state, binding, policy, around),
    policy,
    quota: around.quota,
    findings: findingsOf(known, binding, around),
    served: row.slot === 'ca' ? [] : looksFor(binding, around.bound, served),
  };
}

function severity(
  state: ListenerState,
  { row, certificate }: Bound,
  { thresholds }: Policy,
  { schedule, context }: Surroundings,
): Severity {
  const notAfter = certificate?.notAfter ?? null;
  if (certificate === null || notAfter === null || isIdle(state, row.slot)) return 'ok';
  const scheduled = schedule(state.ref, row.id, notAfter);
  const { notBefore } = certificate;
  return severityOf({ notBefore, notAfter }, { thresholds, now: context.now, scheduled });
}

/** A listener keeps its CA when client authentication is switched off, and no call takes it away: it checks nobody. */
function isIdle(state: ListenerState, slot: Slot): boolean {
  return slot === 'ca' && !state.clientAuth;
}

function findingsOf(
  known: KnownListener,
  binding: Bound,
  { bound, shared, context }: Surroundings,
): readonly Finding[] {
  const { row, certificate } = binding;
  const mayDrift = !isUnsettled(context.admission, known);
  const commit = mayDrift ? undoneBy(known, binding, context) : null;
  const reverted: readonly Finding[] = commit === null ? [] : [{ kind: 'reverted', ...commit }];
  const unknown: readonly Finding[] =
    (certificate?.notAfter ?? null) === null && !isIdle(known.state, row.slot)
      ? [expiryUnknown(row, known.served)]
      : [];
  const served = row.slot === 'ca' ? [] : servedFindings(known, binding, { bound, mayDrift });
  return [...reverted, ...served, ...shared, ...unknown];
}

/** What was seen before the commit shows what the rotation replaced, not that somebody put it back. */
function undoneBy(
  { state, seenAt }: KnownListener,
  { row, certificate }: Bound,
  { admission }: AssessContext,
): Commit | null {
  const leaf = certificate?.fingerprint256 ?? null;
  const commit = revertedCommit(admission, listenerKey(state.ref), row, leaf);
  return commit !== null && commit.at < seenAt ? commit : null;
}

/** Whether something will replace the certificate on the listener before it ends. */
type Schedule = (ref: ListenerRef, id: CertificateId, notAfter: Date) => boolean;

function scheduleOf({ planning, admission }: AssessContext): Schedule {
  if (planning === null) return () => true;
  const busy = new Set(admission.inFlight.map(({ listener }) => listener));
  const starts = new Map<string, Date>();
  for (const { plan, startsAt } of planning.plans)
    if (startsAt !== null) starts.set(`${listenerKey(plan.ref)} ${plan.from.id}`, startsAt);
  return (ref, id, notAfter) => {
    const key = listenerKey(ref);
    const start = starts.get(`${key} ${id}`);
    return busy.has(key) || (start !== undefined && start < notAfter);
  };
}
