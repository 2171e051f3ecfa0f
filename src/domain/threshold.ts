import { compareSeverity } from './alert.ts';
import type { Certificate, Millis } from './certificate.ts';
import type { Severity, Thresholds } from './policy.ts';

/** A threshold starts at the latest when only this share of the whole life is left: 30 days are most of a 47-day life. */
const shares = { info: 3, warning: 6, critical: 24 } as const;

type Validity = Pick<Certificate, 'notBefore'> & { readonly notAfter: Date };

/** When each severity starts. An instant belongs to the severity that starts with it. */
export interface ThresholdInstants {
  readonly info: Date;
  readonly warning: Date;
  readonly critical: Date;
  readonly expired: Date;
}

/** The thresholds capped for a certificate of this life. A store that does not tell the beginning caps nothing. */
export function cappedThresholds(thresholds: Thresholds, validity: Validity): Thresholds {
  const { notBefore, notAfter } = validity;
  if (notBefore === null) return thresholds;
  const life = Math.max(0, notAfter.getTime() - notBefore.getTime());
  const cap = (name: keyof typeof shares): Millis =>
    Math.min(thresholds[name], life / shares[name]);
  return { info: cap('info'), warning: cap('warning'), critical: cap('critical') };
}

export function thresholdInstants(thresholds: Thresholds, validity: Validity): ThresholdInstants {
  const capped = cappedThresholds(thresholds, validity);
  const end = validity.notAfter.getTime();
  return {
    info: new Date(end - capped.info),
    warning: new Date(end - capped.warning),
    critical: new Date(end - capped.critical),
    expired: validity.notAfter,
  };
}

/**
 * How pressing the remaining life is at `now`.
 *
 * - `scheduled: false` says that nothing will replace the certificate by itself: then `warning` is `critical` already.
 * - `floor` is the severity told before for the same end of life. Remaining life only shrinks, so a lower result would
 *   mean that time went back, and the floor stays. Whoever remembers what was told passes it; the alert state keeps the
 *   same rule for what it has announced, so a caller without memory leaves it out.
 */
export function severityOf(
  validity: Validity,
  given: {
    readonly thresholds: Thresholds;
    readonly now: Date;
    readonly scheduled: boolean;
    readonly floor?: Severity;
  },
): Severity {
  const reached = severityReached(thresholdInstants(given.thresholds, validity), given.now);
  const pressed = reached === 'warning' && !given.scheduled ? 'critical' : reached;
  return worse(pressed, given.floor ?? 'ok');
}

/** The more severe of two. */
export function worse(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b;
}

function severityReached(instants: ThresholdInstants, now: Date): Severity {
  if (now >= instants.expired) return 'expired';
  if (now >= instants.critical) return 'critical';
  if (now >= instants.warning) return 'warning';
  return now >= instants.info ? 'info' : 'ok';
}
