import type { ScanDocument } from '../../api/scan.ts';
import { paint, type Io } from '../io.ts';
import { silence, silentAddresses } from '../silent.ts';
import { onOneLine } from './table.ts';

type Binding = ScanDocument['bindings'][number];
type Missing = ScanDocument['missing'][number];

/** The findings of one kind whose advice is the same. */
interface Advice {
  readonly kind: string;
  readonly advice: string;
  bindings: number;
}

/** A line for each kind of finding, and each different thing to do about it, the most frequent first. */
export function findingLines(bindings: readonly Binding[]): readonly string[] {
  const all = new Map<string, Advice>();
  for (const binding of bindings) {
    const own = new Map(binding.findings.map((each) => [`${each.kind} ${each.advice}`, each]));
    for (const [key, { kind, advice }] of own) {
      const entry = all.get(key) ?? { kind, advice, bindings: 0 };
      entry.bindings += 1;
      all.set(key, entry);
    }
  }
  return [...all.values()]
    .toSorted((a, b) => b.bindings - a.bindings || (a.kind < b.kind ? -1 : 1))
    .map(({ kind, advice, bindings: count }) => `${kind} (${count}): ${onOneLine(advice)}\n`);
}

/** So many addresses are named; `newleaf verify` tells the rest of a listener. */
const mostSilent = 10;

/** A line for each address that showed no certificate, for a first look knows no better time that could make it a finding. */
export function silentLines(
  io: Pick<Io, 'color'>,
  bindings: readonly Binding[],
): readonly string[] {
  const silent = silentAddresses(bindings);
  const title = paint(io, 'red', 'silent');
  const shown = silent.slice(0, mostSilent).map(silence).map(onOneLine);
  const left = silent.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more addresses`] : [])].map(
    (line) => `${title}: ${line}\n`,
  );
}

/** The gaps with one action and code in one place. */
interface Gap {
  readonly first: Missing;
  listeners: number;
  loadBalancers: number;
}

/** A line for each account, region, action and code, with the number of listeners it concerns where it is about such. */
export function missingLines(
  io: Pick<Io, 'color'>,
  missing: readonly Missing[],
): readonly string[] {
  const groups = new Map<string, Gap>();
  for (const entry of missing) {
    const { account, region, action, code } = entry;
    const key = JSON.stringify([account, region, action, code]);
    const group = groups.get(key) ?? { first: entry, listeners: 0, loadBalancers: 0 };
    if (entry.listenerId !== null) group.listeners += 1;
    else if (entry.loadBalancerId !== null) group.loadBalancers += 1;
    groups.set(key, group);
  }
  return [...groups.values()]
    .toSorted((a, b) => (placeOf(a.first) < placeOf(b.first) ? -1 : 1))
    .map((gap) => `${paint(io, 'red', 'missing')}: ${sentenceOf(gap.first)}${aboutWhat(gap)}\n`);
}

function aboutWhat({ listeners, loadBalancers }: Gap): string {
  const parts = [counted(listeners, 'listener'), counted(loadBalancers, 'load balancer')].flat();
  return parts.length === 0 ? '' : ` for ${parts.join(' and ')}`;
}

function counted(n: number, thing: string): readonly string[] {
  return n === 0 ? [] : [`${n} ${thing}${n === 1 ? '' : 's'}`];
}

/** What could not be read, as one clause. */
export function sentenceOf({ account, region, action, code }: Missing): string {
  return onOneLine(`${action} in ${region} of ${account} ${outcome(code)}`);
}

/** A code of ours stands where the cloud gave none, perhaps as it gave no answer. */
export function outcome(code: string): string {
  return code.startsWith('cloud.') ? `failed with ${code}` : `answered ${code}`;
}

function placeOf({ account, region }: Missing): string {
  return `${account}/${region}`;
}
