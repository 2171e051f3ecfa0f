import type { CertificateId, Millis } from './certificate.ts';
import type { Pin } from './pins.ts';
import type { Freeze, Policy } from './policy.ts';

/** What may be skipped when an endpoint lies outside the vantage. */
export type BlindRule = 'refuse' | 'partial' | 'api-only';

/** A client certificate that the prober may present, and where. */
export interface IdentityRule {
  readonly name: string;
  /** Ids of the listeners that it is for. */
  readonly listeners: readonly string[];
  /** Whether a new CA certificate may turn it away. */
  readonly mayLose: boolean;
}

/** A CA certificate that may take the place of another although their keys differ. */
export interface CaReplacement {
  readonly from: CertificateId;
  readonly to: CertificateId;
}

interface VerifyRules {
  /** How long the proof may take, from the step's completion. */
  readonly deadline: Millis;
  /** Agreeing rounds in a row that make a proof. */
  readonly rounds: number;
  /** Shortest time between two rounds. */
  readonly gap: Millis;
  /** How long a rollback watches before it closes: an unchanged zone proves nothing at once. */
  readonly settle: Millis;
  readonly blind: BlindRule;
}

/** Everything the operator decided, in domain words. One value, replaced as a whole on reload. */
export interface Rules {
  /** First match wins; the last one is the catch-all made from `defaults`. */
  readonly policies: readonly Policy[];
  readonly freezes: readonly Freeze[];
  readonly verify: VerifyRules;
  /** How long a quarantined candidate stays so. */
  readonly quarantine: Millis;
  readonly identities: readonly IdentityRule[];
  readonly caReplacements: readonly CaReplacement[];
  /** Left out: none. */
  readonly pins?: readonly Pin[] | undefined;
  /** Expected time between two scans. */
  readonly scanEvery: Millis;
}
