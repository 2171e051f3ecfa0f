import type { OrderedFreeze } from './operator.ts';
import type { Freeze } from './policy.ts';

/** A freeze that is not over, with whoever ordered it. */
export interface KnownFreeze {
  readonly freeze: Freeze;
  /** Null: it stands in the configuration. */
  readonly ordered: Pick<OrderedFreeze, 'by' | 'at' | 'reason'> | null;
  readonly state: 'coming' | 'in-force';
}

/** Every freeze that is not over, the one that begins first before the others. */
export function knownFreezes(
  configured: readonly Freeze[],
  ordered: readonly OrderedFreeze[],
  now: Date,
): readonly KnownFreeze[] {
  return [
    ...configured.map((freeze) => ({ freeze, ordered: null })),
    ...ordered.map((freeze) => ({ freeze, ordered: freeze })),
  ]
    .filter(({ freeze }) => freeze.until > now)
    .map((known) => ({ ...known, state: stateOf(known.freeze, now) }))
    .toSorted((a, b) => a.freeze.from.getTime() - b.freeze.from.getTime());
}

function stateOf({ from }: Freeze, now: Date): KnownFreeze['state'] {
  return from <= now ? 'in-force' : 'coming';
}
