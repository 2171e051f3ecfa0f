import type { ScanDocument } from '../../api/scan.ts';
import type { Millis } from '../../domain/certificate.ts';
import { timeLeft } from '../../messages/left.ts';
import { sentenceOf } from '../render/attention.ts';
import { silence, silentAddresses } from '../silent.ts';

type Binding = ScanDocument['bindings'][number];
type Finding = Binding['findings'][number];

export type CheckState = 'ok' | 'warning' | 'unknown' | 'critical';

/** One thing that was looked at, and what came of it. */
export interface CheckLine {
  readonly state: CheckState;
  readonly text: string;
  /** Seconds left where it is about an end: the earliest comes first among equals. */
  readonly left: number | null;
}

/** One value for whoever draws graphs: the earliest end in one slot of one listener. */
export interface Measured {
  readonly label: string;
  /** Seconds left, negative after the end; null when nobody knows. */
  readonly left: number | null;
  /** Seconds left from which on it is a warning, or critical. */
  readonly warning: number;
  readonly critical: number;
}

export interface CheckResult {
  readonly state: CheckState;
  /** Worst first. */
  readonly lines: readonly CheckLine[];
  /** Earliest end first. */
  readonly measured: readonly Measured[];
  readonly bindings: number;
  readonly listeners: number;
}

export interface CheckFacts {
  /** Filtered: everything in it counts. */
  readonly document: ScanDocument;
  /** Whether a binding is in the places that were named, whatever its state: nothing to look at proves nothing. */
  readonly anything: boolean;
  /** Null: what the policy of each listener says. */
  readonly warning: Millis | null;
  readonly critical: Millis | null;
  /** Why what is known may be wrong or old; empty when nothing speaks against it. */
  readonly doubts: readonly string[];
  readonly now: Date;
}

/** From the least to the most pressing: a gap may hide something critical, but what was seen to be critical is so. */
const order: readonly CheckState[] = ['ok', 'warning', 'unknown', 'critical'];

/** Findings that are worth a warning. The others concern neither what is served nor until when. */
const warned: ReadonlySet<string> = new Set(['untrusted-chain', 'name-not-covered', 'reverted']);

/** Judges what is bound and served, by the remaining life of each binding and by what could not be seen. */
export function judge(facts: CheckFacts): CheckResult {
  const { document, anything, doubts } = facts;
  const { bindings, missing } = document;
  const lines = [
    ...bindings.flatMap((binding) => [endLine(binding, facts), ...findingLines(binding, facts)]),
    ...silentAddresses(bindings).map(silence).map(unsure),
    ...missing.map(sentenceOf).map(unsure),
    ...doubts.map(unsure),
    ...(anything ? [] : [unsure('no binding was seen: there is nothing to say anything about')]),
  ];
  const distinct = [...new Map(lines.map((line) => [`${line.state} ${line.text}`, line])).values()];
  const sorted = distinct.toSorted(compareLines);
  return {
    state: sorted[0]?.state ?? 'ok',
    lines: sorted,
    measured: measure(facts),
    bindings: bindings.length,
    listeners: new Set(bindings.map(listenerOf)).size,
  };
}

/** The result when nothing could be judged at all. */
export function undecided(text: string): CheckResult {
  return { state: 'unknown', lines: [unsure(text)], measured: [], bindings: 0, listeners: 0 };
}

function unsure(text: string): CheckLine {
  return { state: 'unknown', text, left: null };
}

function compareLines(a: CheckLine, b: CheckLine): number {
  const byState = order.indexOf(b.state) - order.indexOf(a.state);
  return byState || (a.left ?? Infinity) - (b.left ?? Infinity) || (a.text < b.text ? -1 : 1);
}

function endLine(binding: Binding, facts: CheckFacts): CheckLine {
  const left = secondsLeft(binding.notAfter, facts.now);
  if (left === null) return unsure(`nobody knows when ${nameOf(binding)} ends`);
  const text = `${nameOf(binding)} ${ends(binding.notAfter, facts.now)}`;
  return { state: stateAt(left, limitsOf(binding, facts)), text, left };
}

function findingLines(binding: Binding, facts: CheckFacts): readonly CheckLine[] {
  return binding.findings.flatMap((finding) => {
    if (finding.kind === 'drift') return [driftLine(binding, finding, facts)];
    if (!warned.has(finding.kind)) return [];
    const text = `${nameOf(binding)}: ${finding.kind}. ${finding.advice}`;
    return [{ state: 'warning', text, left: null } as const];
  });
}

/** Clients get the served leaf, whatever is bound: its end counts too. */
function driftLine(binding: Binding, finding: Finding, facts: CheckFacts): CheckLine {
  const { servedUntil, address, zone } = finding;
  const until = typeof servedUntil === 'string' ? servedUntil : null;
  const left = secondsLeft(until, facts.now);
  const reached = left === null ? 'ok' : stateAt(left, limitsOf(binding, facts));
  const text = `${String(address)} in ${String(zone)} serves another certificate than ${nameOf(binding)}; it ${ends(until, facts.now)}`;
  return { state: reached === 'critical' ? 'critical' : 'warning', text, left };
}

function measure(facts: CheckFacts): readonly Measured[] {
  const slots = new Map<string, Measured>();
  for (const binding of facts.document.bindings) {
    const { account, listenerId, slot, notAfter } = binding;
    const label = `${account}/${listenerId}/${slot}`;
    const left = secondsLeft(notAfter, facts.now);
    const other = slots.get(label);
    // An unknown end could be the earliest.
    const isEarlier = other === undefined || left === null || (other.left ?? -Infinity) > left;
    if (isEarlier) slots.set(label, { label, left, ...limitsOf(binding, facts) });
  }
  return [...slots.values()].toSorted((a, b) => (a.left ?? Infinity) - (b.left ?? Infinity));
}

function limitsOf(
  { thresholds }: Binding,
  { warning, critical }: Pick<CheckFacts, 'warning' | 'critical'>,
): Pick<Measured, 'warning' | 'critical'> {
  return {
    warning: warning === null ? thresholds.warning : Math.floor(warning / 1000),
    critical: critical === null ? thresholds.critical : Math.floor(critical / 1000),
  };
}

function stateAt(left: number, { warning, critical }: Pick<Measured, 'warning' | 'critical'>) {
  if (left <= critical || left <= 0) return 'critical';
  return left <= warning ? 'warning' : 'ok';
}

function secondsLeft(notAfter: string | null, now: Date): number | null {
  return notAfter === null
    ? null
    : Math.floor((new Date(notAfter).getTime() - now.getTime()) / 1000);
}

function ends(notAfter: string | null, now: Date): string {
  if (notAfter === null) return 'ends nobody knows when';
  const left = timeLeft(notAfter, now);
  return left.endsWith(' ago') ? `ended ${left}` : `ends in ${left}`;
}

function nameOf(binding: Binding): string {
  const {
    certificateId,
    certificateLabel,
    names,
    loadBalancerName,
    loadBalancerId,
    listenerId,
    slot,
  } = binding;
  // A CA answers for no name; its label says which one it is.
  const name = names[0] ?? certificateLabel;
  const certificate = name === '' ? certificateId : `${name} (${certificateId})`;
  return `${certificate} on ${loadBalancerName || loadBalancerId} ${listenerId} ${slot}`;
}

function listenerOf({ account, region, loadBalancerId, listenerId }: Binding): string {
  return [account, region, loadBalancerId, listenerId].join('/');
}
