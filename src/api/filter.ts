import { type Millis, siteOfRegion } from '../domain/certificate.ts';
import type { ScanDocument } from './scan.ts';

type Binding = ScanDocument['bindings'][number];
type Missing = ScanDocument['missing'][number];

/** What to leave in a scan document: the values of one key are ORed, the keys ANDed; null filters nothing. */
export interface ScanFilter {
  readonly regions: readonly string[] | null;
  readonly accounts: readonly string[] | null;
  /** Listener ids, or full listener keys. */
  readonly listeners: readonly string[] | null;
  readonly expiringWithin: Millis | null;
  /** Kinds of findings; `any` stands for all of them. */
  readonly findings: readonly string[] | null;
}

/**
 * The document with only what the filter lets through, in the same shape and order. What could not be read stays unless it
 * surely is about something else: it may hide what was asked for. So do bindings whose end nobody knows.
 */
export function filterScan(document: ScanDocument, filter: ScanFilter, now: Date): ScanDocument {
  return {
    ...document,
    bindings: document.bindings.filter((binding) => isShown(binding, filter, now)),
    missing: document.missing.filter((entry) => mayHide(entry, filter)),
  };
}

/** The filter without what does not name a place: which bindings were meant, whatever their state. */
export function placesOf(filter: ScanFilter): ScanFilter {
  return { ...filter, expiringWithin: null, findings: null };
}

function isShown(binding: Binding, filter: ScanFilter, now: Date): boolean {
  const { regions, accounts, listeners, expiringWithin, findings } = filter;
  return (
    allows(regions, binding.region) &&
    allows(accounts, binding.account) &&
    (allows(listeners, binding.listenerId) || allows(listeners, keyOf(binding))) &&
    (expiringWithin === null || endsWithin(binding, expiringWithin, now)) &&
    (findings === null || binding.findings.some(({ kind }) => names(findings, kind)))
  );
}

function endsWithin({ notAfter }: Binding, length: Millis, now: Date): boolean {
  return notAfter === null || new Date(notAfter).getTime() - now.getTime() <= length;
}

function mayHide(missing: Missing, { regions, accounts, listeners }: ScanFilter): boolean {
  const { account, region, part, listenerId } = missing;
  const places = part === 'certificates' ? (regions?.map(siteOfRegion) ?? null) : regions;
  // `all` stands for the account's list of regions itself.
  const isElsewhere = region !== 'all' && !allows<string>(places, region);
  const isOther = listenerId !== null && listeners !== null && !mentions(listeners, listenerId);
  return allows(accounts, account) && !isElsewhere && !isOther;
}

function mentions(listeners: readonly string[], listenerId: string): boolean {
  return listeners.some((wanted) => wanted === listenerId || wanted.endsWith(`/${listenerId}`));
}

function names(findings: readonly string[], kind: string): boolean {
  return findings.includes('any') || findings.includes(kind);
}

function keyOf({ account, region, product, loadBalancerId, listenerId }: Binding): string {
  return [account, region, product, loadBalancerId, listenerId].join('/');
}

function allows<T>(list: readonly T[] | null, value: T): boolean {
  return list === null || list.includes(value);
}
