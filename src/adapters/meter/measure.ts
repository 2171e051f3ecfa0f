import type { Admission } from '../../domain/admission.ts';
import type { AlertState } from '../../domain/alert.ts';
import { alertKinds } from '../../domain/alert-kinds.ts';
import type { Assessment, Stock } from '../../domain/assessment.ts';
import type { Millis } from '../../domain/certificate.ts';
import type { ServedAt } from '../../domain/inventory.ts';
import type { FailureReason } from '../../domain/observation.ts';
import type { Severity } from '../../domain/policy.ts';
import { listenerKey } from '../../domain/listener.ts';
import { isWorking, type SinkState } from '../../domain/sink-state.ts';
import { listenerOf, running } from '../../domain/trial.ts';
import type { Gauges } from './gauges.ts';

/** What the store holds at one instant. */
export interface Reading {
  readonly now: Date;
  readonly stock: Stock;
  readonly admission: Admission;
  readonly alerts: readonly AlertState[];
  readonly sinks: readonly SinkState[];
  /** The worst known difference of clocks, theirs minus ours; null when none is known. */
  readonly skewMs: Millis | null;
  /** How often a scan is due. */
  readonly scanEvery: Millis;
}

const severities = ['ok', 'info', 'warning', 'critical', 'expired'] as const satisfies Severity[];

/** Replaces everything that the gauges say, at once: a scrape never sees half of it. */
export function measure(gauges: Gauges, reading: Reading): void {
  for (const gauge of Object.values(gauges)) gauge.reset();
  const { bindings } = reading.stock;
  for (const assessment of bindings) {
    tellEnd(gauges, assessment);
    tellQuota(gauges, assessment);
  }
  tellServed(gauges, bindings);
  gauges.scanEvery.set(reading.scanEvery / 1000);
  tellScan(gauges, reading.stock);
  tellAdmission(gauges, reading);
  tellSeverities(gauges, reading);
  tellAlerts(gauges, reading);
  tellSinks(gauges, reading);
  if (reading.skewMs === null) gauges.skew.remove();
  else gauges.skew.set(reading.skewMs / 1000);
}

/** What is not known is no sample: a zero would look like something from 1970. */
export function forget(gauges: Gauges): void {
  for (const gauge of Object.values(gauges)) gauge.reset();
  gauges.lastScan.remove();
  gauges.skew.remove();
  gauges.scanEvery.remove();
}

function tellEnd(gauges: Gauges, { listener, slot, certificateId, certificate }: Assessment): void {
  if (certificate === null || certificate.notAfter === null) return;
  const seconds = certificate.notAfter.getTime() / 1000;
  gauges.notAfter.set({ ...labelsOf(listener), slot, cert_id: certificateId }, seconds);
}

function tellQuota(gauges: Gauges, { listener, quota }: Assessment): void {
  const { account, region, loadBalancerId } = listener.ref;
  const labels = { account, region, lb: loadBalancerId, quota: 'additional_certificates' };
  gauges.quotaUsed.set(labels, quota.used);
  if (quota.limit !== null) gauges.quotaLimit.set(labels, quota.limit);
}

/** The endpoint does not answer as it should, whatever was asked. */
const silent: ReadonlySet<FailureReason> = new Set([
  'refused',
  'unreachable',
  'timeout',
  'reset',
  'not-tls',
  'handshake-failed',
]);

/** One sample an address, over all names asked there: names as labels would grow without bound. */
function tellServed(gauges: Gauges, bindings: readonly Assessment[]): void {
  for (const { labels, answers, matches } of sightsOf(bindings).values()) {
    gauges.probed.set(labels, answers ? 1 : 0);
    if (matches !== null) gauges.matched.set(labels, matches ? 1 : 0);
  }
}

interface Sight {
  readonly labels: ReturnType<typeof labelsOf> & { readonly zone: string; readonly vip: string };
  answers: boolean;
  /** Null while nothing was served there. */
  matches: boolean | null;
}

/** Several bindings of a listener speak of the same address: what is wrong for one is wrong. */
function sightsOf(bindings: readonly Assessment[]): ReadonlyMap<string, Sight> {
  const sights = new Map<string, Sight>();
  for (const { listener, served, findings } of bindings) {
    const drifted = new Set(findings.flatMap(placeOfDrift));
    for (const look of served) {
      const answer = answerOf(look);
      if (answer === null) continue;
      const place = placeKey(look);
      const key = `${listenerKey(listener.ref)} ${place}`;
      const labels = { ...labelsOf(listener), zone: look.zone, vip: look.address };
      const sight = sights.get(key) ?? { labels, answers: true, matches: null };
      if (answer === 'silent') sight.answers = false;
      else sight.matches = (sight.matches ?? true) && !drifted.has(place);
      sights.set(key, sight);
    }
  }
  return sights;
}

function tellScan(gauges: Gauges, { bindings, missing, takenAt }: Stock): void {
  for (const { listener } of bindings) {
    const { account, region } = listener.ref;
    gauges.missing.set({ account, region }, 0);
  }
  for (const { account, region } of missing) gauges.missing.inc({ account, region });
  if (takenAt === null) gauges.lastScan.remove();
  else gauges.lastScan.set(takenAt.getTime() / 1000);
}

function tellAdmission(gauges: Gauges, { admission, now }: Reading): void {
  const quarantined = Object.entries(admission.candidates).filter(
    ([key, state]) => state.kind === 'quarantined' && state.until > now && listenerOf(key) === null,
  );
  gauges.inProgress.set(running(admission).length);
  gauges.held.set(Object.keys(admission.holds).length);
  gauges.quarantined.set(quarantined.length);
}

function tellSeverities(gauges: Gauges, { stock }: Reading): void {
  for (const severity of severities) gauges.bindings.set({ severity }, 0);
  for (const { severity } of stock.bindings) gauges.bindings.inc({ severity });
}

function tellAlerts(gauges: Gauges, { alerts }: Reading): void {
  const alarming = severities.filter((severity) => severity !== 'ok');
  for (const kind of alertKinds)
    for (const severity of alarming) gauges.alerts.set({ kind, severity }, 0);
  for (const { status, severity, facts } of alerts)
    if (status === 'firing') gauges.alerts.inc({ kind: facts.kind, severity });
}

function tellSinks(gauges: Gauges, { sinks }: Reading): void {
  for (const sink of sinks) {
    gauges.sinkWorks.set({ sink: sink.name }, isWorking(sink) ? 1 : 0);
    if (sink.lastAcceptedAt !== null)
      gauges.sinkAccepted.set({ sink: sink.name }, sink.lastAcceptedAt.getTime() / 1000);
  }
}

function answerOf({ observation }: ServedAt): 'served' | 'silent' | null {
  if (observation.kind === 'served') return 'served';
  return silent.has(observation.reason) ? 'silent' : null;
}

function placeOfDrift(finding: Assessment['findings'][number]): readonly string[] {
  return finding.kind === 'drift' ? [placeKey(finding)] : [];
}

function placeKey({ zone, address }: Pick<ServedAt, 'zone' | 'address'>): string {
  return `${zone} ${address}`;
}

function labelsOf({ ref }: Assessment['listener']) {
  const { account, region, loadBalancerId, listenerId } = ref;
  return { account, region, lb: loadBalancerId, listener: listenerId };
}
