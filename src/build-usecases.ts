import { callTimes, type Infra, machine } from './compose.ts';
import { alertRulesFrom } from './config/alert-rules.ts';
import { rulesFrom } from './config/rules.ts';
import type { Config } from './config/schema.ts';
import { type Stock, takeStock } from './domain/assessment.ts';
import type { Millis } from './domain/certificate.ts';
import type { Digest } from './domain/plan.ts';
import { planRotations } from './domain/planner.ts';
import { authoritiesAskedFor } from './domain/request.ts';
import { measure, meteredJournal, meteredSink } from './metered.ts';
import type { Dispatcher } from './ports/dispatcher.ts';
import type { Log } from './ports/log.ts';
import type { QueueLook } from './ports/queue-look.ts';
import type { Sink } from './ports/sink.ts';
import { type AdmitDeps, admitDue, repairAdmission } from './usecases/admit.ts';
import { type AlertDeps, pendingSinks } from './usecases/alerting.ts';
import { markStore } from './store-mark.ts';
import { auditedJournal, followJournals } from './usecases/audit/follow.ts';
import { createAlerts } from './usecases/announce.ts';
import { type AssessDeps, assess, limitsOf } from './usecases/assess.ts';
import { checkClock } from './usecases/clock-check.ts';
import type { DeliverDeps } from './usecases/deliver.ts';
import { blockerNow, gatherFacts, type PlanDeps } from './usecases/plan.ts';
import { reconcile } from './usecases/reconcile.ts';
import { openDaysReport } from './usecases/report-days.ts';
import type { RequestDeps } from './usecases/request.ts';
import { openRetention } from './usecases/retention.ts';
import type { Pace, RotateDeps } from './usecases/rotate/deps.ts';
import type { ScanDeps } from './usecases/scan/deps.ts';
import { learnAuthority } from './usecases/scan/learn.ts';
import { tellDurability } from './usecases/tell-durability.ts';
import type { Chore } from './usecases/tick.ts';
import { openQueueWatch } from './usecases/watch-queues.ts';
import { type Listings, watchStores } from './usecases/watch-stores.ts';

/** What the use cases need, wired once, and what is to be done every minute. */
export interface UseCases {
  readonly scan: ScanDeps;
  readonly plan: PlanDeps;
  readonly request: RequestDeps;
  readonly rotate: RotateDeps;
  readonly alerts: AlertDeps & { readonly sha256: Digest };
  readonly deliver: DeliverDeps;
  /** In order: each sees what the ones before it did. */
  readonly chores: readonly Chore[];
  /** What is known now, as people read it. */
  stock(): Promise<Stock>;
}

/** The configuration in force; replaced as a whole when it is read again. */
export interface Settings {
  current: Config;
}

/** Everything that use cases share. */
type Shared = ReturnType<typeof share>;

/** The longest pauses towards the cloud; a quicker proof asks more often. */
const longest = { readGap: 1000, poll: 2000, job: 30 * 60_000 } as const;

/** Builds the use cases over what `openInfra` opened. The dispatcher comes from the queues, which know nothing of all this. */
export function buildUsecases(
  settings: Settings,
  infra: Infra,
  dispatcher: Dispatcher & QueueLook,
  log: Log,
): UseCases {
  const shared = share(settings, infra, dispatcher, log);
  const additionalLimit = limitsOf(infra.accounts);
  const plan: PlanDeps = { ...shared, additionalLimit, skewMs: () => skewOf(infra) };
  const alerts: UseCases['alerts'] = { ...shared, rules: () => alertRulesFrom(settings.current) };
  const scan: ScanDeps = { ...shared, ...looking(settings, infra), book: infra.inventory };
  const stock = (): Promise<Stock> => stockOf(infra, plan);
  return {
    scan,
    plan,
    alerts,
    stock,
    rotate: rotateDeps(settings, shared, plan, alerts),
    request: { ...plan, ...shared, learnAuthority: learnsFor(settings, scan) },
    deliver: { ...alerts, leases: infra.leases, sinks: infra.sinks.map(metered(infra)) },
    chores: [
      ...choresOf(shared, { scan, plan, alerts, stock }),
      { name: 'forget', run: keepInBounds(settings, infra, alerts) },
    ],
  };
}

/** What scans look at, and how closely. */
function looking(settings: Settings, infra: Infra) {
  const { verify, probe } = settings.current;
  return {
    secondLookAfter: verify.gap,
    namesPerListener: probe.namesPerListener,
    caReplacements: () => settings.current.caReplacements,
    requestedAuthorities: async () => authoritiesAskedFor((await infra.operator.read()).requests),
  };
}

/** Whoever asks for a rotation waits no longer than for two calls. */
function learnsFor(settings: Settings, scan: ScanDeps): RequestDeps['learnAuthority'] {
  const { total } = callTimes(settings.current);
  return (place, id) => learnAuthority(scan, place, id, AbortSignal.timeout(2 * total));
}

function keepInBounds(settings: Settings, infra: Infra, alerts: AlertDeps): () => Promise<void> {
  const { journal, audit, store } = infra;
  const keep = (): Config['retention'] => settings.current.retention;
  return openRetention({ ...alerts, journal, audit, storeNow: () => store.now(), keep });
}

function share(settings: Settings, infra: Infra, dispatcher: Dispatcher & QueueLook, log: Log) {
  // Another store takes a restart, whatever is read again meanwhile.
  const opened = settings.current;
  return {
    ...machine,
    ...infra,
    dispatcher,
    log,
    rules: () => rulesFrom(settings.current),
    startedAt: infra.clock.now(),
    markStore: async () => markStore(opened, await infra.journal.open()),
    storeNow: () => infra.store.now(),
  };
}

function choresOf(
  shared: Shared,
  usecases: Pick<UseCases, 'scan' | 'plan' | 'alerts' | 'stock'>,
): readonly Chore[] {
  const { scan, plan, alerts } = usecases;
  const stock = (): Promise<Stock> => usecases.stock();
  const listings: Listings = new Map();
  const desk = createAlerts(alerts);
  const admit: AdmitDeps = { ...plan, ...shared };
  const assessing: AssessDeps = {
    ...shared,
    alerts: desk,
    planning: async () => planRotations(await gatherFacts(plan)),
  };
  const hints = { ...shared, pendingSinks: () => pendingSinks(alerts) };
  return [
    { name: 'repair admission', run: () => repairAdmission(admit) },
    { name: 'admit rotations', run: (signal) => admitDue(admit, signal) },
    { name: 'mark store', run: shared.markStore },
    { name: 'assess', run: (signal) => assess(assessing, signal) },
    { name: 'tell durability', run: () => tellDurability({ ...shared, alerts: desk }) },
    { name: 'reconcile', run: () => reconcile(hints) },
    { name: 'follow journals', run: () => followJournals(shared) },
    {
      name: 'watch queues',
      run: openQueueWatch({ ...shared, queues: shared.dispatcher, alerts: desk }),
    },
    {
      name: 'watch stores',
      run: async (signal) => watchStores(scan, await stock(), listings, signal),
    },
    { name: 'measure', run: async () => measure({ ...shared, ...plan }, await stock()) },
    { name: 'report days left', run: openDaysReport({ ...shared, stock }) },
  ];
}

function metered({ meter }: Infra) {
  return (sink: Sink): Sink => meteredSink(sink, meter);
}

function rotateDeps(
  settings: Settings,
  shared: Shared,
  plan: PlanDeps,
  alerts: AlertDeps,
): RotateDeps {
  const desk = createAlerts(alerts);
  return {
    ...shared,
    journal: auditedJournal(meteredJournal(shared.journal, shared.meter), shared.audit),
    accounts: new Map(shared.accounts.map((account) => [account.name, account])),
    pace: paceOf(settings.current),
    startBlocker: (record, state) => blockerNow(plan, record, state),
    raise: (problem) => desk.raise(problem),
    withdraw: (key) => desk.withdraw(key),
  };
}

function paceOf(config: Config): Pace {
  const { gap } = config.verify;
  return {
    readGap: Math.min(longest.readGap, gap),
    poll: Math.min(longest.poll, gap),
    retryPause: Math.min(longest.readGap, gap),
    callTimeout: callTimes(config).total,
    jobDeadline: longest.job,
  };
}

async function skewOf(infra: Infra): Promise<Millis | null> {
  const takenAt = await infra.inventory.takenAt();
  const { skewMs } = await checkClock({ ...infra, storeNow: () => infra.store.now() }, takenAt);
  return skewMs;
}

async function stockOf(infra: Infra, plan: PlanDeps): Promise<Stock> {
  const facts = await gatherFacts(plan);
  return takeStock(facts.inventory, {
    now: facts.now,
    policies: facts.rules.policies,
    planning: planRotations(facts),
    admission: facts.admission,
    additionalLimit: limitsOf(infra.accounts),
  });
}
