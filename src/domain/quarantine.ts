import type { Admission } from './admission.ts';
import type { CertificateId, Fingerprint } from './certificate.ts';
import type { Inventory } from './inventory.ts';
import { listenerOf } from './trial.ts';

/** A candidate that is not tried for a while: anywhere after a failure of its own, or on one listener that failed with it. */
export interface Quarantined {
  readonly candidate: Fingerprint;
  /** The certificates of the Inventory that are this leaf; empty when no store shows one any more. */
  readonly certificates: readonly CertificateId[];
  /** Full key of the only listener that it is kept from; null: it is tried nowhere. */
  readonly listener: string | null;
  readonly since: Date;
  readonly until: Date;
  readonly rotationId: string;
  readonly reason: string;
}

/** Every quarantine that has not ended, the one that ends first before the others. */
export function quarantines(
  admission: Pick<Admission, 'candidates'>,
  { certificates }: Pick<Inventory, 'certificates'>,
  now: Date,
): readonly Quarantined[] {
  return Object.entries(admission.candidates)
    .flatMap(([key, state]) => {
      if (state.kind !== 'quarantined' || state.until <= now) return [];
      const candidate = candidateIn(key);
      const known = certificates.filter(
        ({ certificate: { fingerprint256, id } }) => (fingerprint256 ?? id) === candidate,
      );
      const { since, until, rotationId, reason } = state;
      const ids = new Set(known.map(({ certificate }) => certificate.id));
      return {
        candidate,
        certificates: [...ids].toSorted(),
        listener: listenerOf(key),
        since,
        until,
        rotationId,
        reason,
      };
    })
    .toSorted((a, b) => a.until.getTime() - b.until.getTime());
}

/** Without these quarantines; any that began after they were looked at stay. The candidate is untested again: one listener tries it first. */
export function withoutQuarantines(
  admission: Admission,
  lifted: readonly Pick<Quarantined, 'candidate' | 'listener' | 'rotationId'>[],
): Admission {
  const isLifted = (key: string, rotationId: string): boolean =>
    lifted.some(
      (each) =>
        each.candidate === candidateIn(key) &&
        each.listener === listenerOf(key) &&
        each.rotationId === rotationId,
    );
  const left = Object.entries(admission.candidates).filter(
    ([key, state]) => state.kind !== 'quarantined' || !isLifted(key, state.rotationId),
  );
  return { ...admission, candidates: Object.fromEntries(left) };
}

function candidateIn(key: string): Fingerprint {
  return key.split('@', 1)[0] ?? key;
}
