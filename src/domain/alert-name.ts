import type { AlertState } from './alert.ts';
import type { Digest } from './plan.ts';

/** What a name that a person typed stands for. */
export type NamedAlert =
  | { readonly kind: 'one'; readonly state: AlertState }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly states: readonly AlertState[] };

const ID_LENGTH = 8;

/** A shorter beginning of an id would soon mean another alert than the one that was on the screen. */
const SHORTEST_ID = 4;

/** A short name that stays the same as long as the key does: keys are long, and people type on phones. */
export function alertId(sha256: Digest, key: string): string {
  return sha256(key).slice(0, ID_LENGTH);
}

/**
 * Finds an alert by its key, its id, or a beginning of either that fits only one. A whole key wins over everything that merely
 * begins with it.
 */
export function findAlert(
  states: readonly AlertState[],
  wanted: string,
  sha256: Digest,
): NamedAlert {
  const exact = states.filter(({ key }) => key === wanted);
  const found = exact.length > 0 ? exact : states.filter((state) => begins(state, wanted, sha256));
  const [state] = found;
  if (state === undefined) return { kind: 'none' };
  return found.length === 1 ? { kind: 'one', state } : { kind: 'several', states: found };
}

function begins({ key }: AlertState, wanted: string, sha256: Digest): boolean {
  if (wanted === '') return false;
  if (key.startsWith(wanted)) return true;
  return wanted.length >= SHORTEST_ID && alertId(sha256, key).startsWith(wanted.toLowerCase());
}
