import type { Millis } from './certificate.ts';
import type { ListenerState } from './listener.ts';

export type Mode = 'observe' | 'approve' | 'auto';

export type Severity = 'ok' | 'info' | 'warning' | 'critical' | 'expired';

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** Remaining life at which each severity starts, in milliseconds. */
export interface Thresholds {
  readonly info: Millis;
  readonly warning: Millis;
  readonly critical: Millis;
}

/** When rotations may start. `days` name the day the window opens; `end` before `start` means the next day. */
export interface Window {
  readonly name: string;
  readonly days: readonly Weekday[];
  /** Wall-clock `HH:MM` in `timezone`. */
  readonly start: string;
  readonly end: string;
  /** IANA zone name. */
  readonly timezone: string;
}

/** When rotations may not start, whatever the window says. */
export interface Freeze {
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
  readonly allowEmergency: boolean;
}

/** Keys are ANDed, the values of one key ORed; an empty match matches everything. */
export interface ListenerMatch {
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly loadBalancers?: readonly string[] | undefined;
  readonly listeners?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Rules of candidate choice that an operator may relax. */
export interface CandidateAllowance {
  readonly issuer: boolean;
  readonly keyType: boolean;
  readonly age: boolean;
  /**
   * Whether an additional certificate may be taken away before the new one comes, where the quota has no room for both. Each such plan
   * wants an approval. Left out: no.
   */
  readonly gap?: boolean | undefined;
}

/** What the operator wants for a set of listeners, defaults filled in. */
export interface Policy {
  readonly name: string;
  readonly match: ListenerMatch;
  readonly mode: Mode;
  readonly thresholds: Thresholds;
  readonly renewBefore: Millis;
  readonly noReplacementAfter: Millis;
  /** Empty: at any time. */
  readonly windows: readonly Window[];
  readonly emergency: 'rotate' | 'page';
  readonly emergencyMargin: Millis;
  readonly maxConcurrent: number;
  /** Whether a manual request may ask to start outside the windows. */
  readonly allowIgnoreWindow: boolean;
  readonly allow: CandidateAllowance;
  /** How much longer a candidate must live than the bound certificate. */
  readonly minimumGain: Millis;
  readonly canary: { readonly match: ListenerMatch; readonly soak: Millis } | null;
}

/** True when every key of the match names this listener. */
export function matches(
  match: ListenerMatch,
  listener: Pick<ListenerState, 'ref' | 'tags'>,
): boolean {
  const { ref, tags } = listener;
  return (
    allows(match.accounts, ref.account) &&
    allows(match.regions, ref.region) &&
    allows(match.loadBalancers, ref.loadBalancerId) &&
    allows(match.listeners, ref.listenerId) &&
    Object.entries(match.tags ?? {}).every(([key, value]) => tags[key] === value)
  );
}

/** The first policy that matches; the last one must be the catch-all made from `defaults`. */
export function policyFor(
  policies: readonly Policy[],
  listener: Pick<ListenerState, 'ref' | 'tags'>,
): Policy {
  const found = policies.find((policy) => matches(policy.match, listener));
  if (found === undefined)
    throw new RangeError('the policies lack the catch-all made from the defaults');
  return found;
}

function allows(list: readonly string[] | undefined, value: string): boolean {
  return list === undefined || list.includes(value);
}
