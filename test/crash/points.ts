/** Where a daemon is killed: around the nth append of this event to a Journal, or around the nth write to the cloud. */
export interface Point {
  readonly at: 'append' | 'write';
  /** `before`: nothing has left the process. `after`: the other side has done it; of a write the process does not know yet. */
  readonly when: 'before' | 'after';
  readonly kind: string;
  readonly nth: number;
}

export type Slot = 'default' | 'additional' | 'ca';

/** The boundaries of a rotation in order; `write` is the call that an intent announces. */
const step = ['intended', 'write', 'called', 'settled', 'verified'] as const;
const swaps: Readonly<Record<Slot, readonly string[]>> = {
  default: ['baseline', ...step, 'committed', 'closed'],
  additional: ['baseline', ...step, ...step, 'committed', 'closed'],
  ca: ['baseline', ...step, 'committed', 'closed'],
};

/** Every point of a rotation of this slot that ends well, in order. */
export function pointsOf(slot: Slot): readonly Point[] {
  return around(swaps[slot]);
}

/** Every point from the verdict on of a default rotation that goes back. */
export const restorePoints: readonly Point[] = around([
  'baseline',
  ...step,
  ...step,
  'rolled-back',
  'closed',
]).slice(around(['baseline', ...step]).length);

function around(boundaries: readonly string[]): readonly Point[] {
  return boundaries.flatMap((kind, index) => {
    const nth = boundaries.slice(0, index + 1).filter((each) => each === kind).length;
    const at = kind === 'write' ? 'write' : 'append';
    return [
      { at, when: 'before', kind, nth },
      { at, when: 'after', kind, nth },
    ] as const;
  });
}

export function nameOf({ at, when, kind, nth }: Point): string {
  const what = at === 'write' ? 'cloud write' : kind;
  return `${when} ${what}${nth > 1 ? ` ${nth}` : ''}`;
}
