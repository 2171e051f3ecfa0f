/** Numbers that look random and are the same in every run. Not for secrets. */
export interface Random {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** True this often, from 0 to 1. */
  chance(share: number): boolean;
  /** One of the list, which has at least one. */
  pick<T>(list: readonly T[]): T;
  /** One of the list, the earlier the likelier: the first tenth of it comes up about half of the time. */
  pickEarly<T>(list: readonly T[]): T;
  /** This many lower-case letters and digits, as resource ids have them. */
  id(length: number): string;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Mulberry32: a few operations a number, and good enough to spread things. */
export function randomFrom(start: number): Random {
  let state = start;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick: (list) => at(list, below(list.length)),
    pickEarly: (list) => at(list, Math.floor(next() ** 3 * list.length)),
    id: (length) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}
