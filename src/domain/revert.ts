import type { Admission, Commit } from './admission.ts';
import type { Fingerprint } from './certificate.ts';
import type { BoundCertificate, Slot } from './listener.ts';

/** Where the last commit in this slot stands when the last one of the listener was in another. */
export function commitKey(listener: string, slot: Slot): string {
  return `${listener} ${slot}`;
}

/**
 * The committed rotation that this row undoes: its slot holds again what was replaced, under the same id or as another copy of
 * the same leaf. Null: it does not, or nothing has been rotated there. `leaf` is null where the store does not tell.
 */
export function revertedCommit(
  { commits }: Pick<Admission, 'commits'>,
  listener: string,
  { slot, id }: Pick<BoundCertificate, 'slot' | 'id'>,
  leaf: Fingerprint | null,
): Commit | null {
  const last = commits?.[listener];
  const commit = last?.slot === slot ? last : commits?.[commitKey(listener, slot)];
  if (commit === undefined || commit.to === id) return null;
  const isSameLeaf = leaf !== null && leaf === commit.fromLeaf;
  return id === commit.from || isSameLeaf ? commit : null;
}
