import { type Point, pointsOf, restorePoints, type Slot } from './points.ts';

/** A kind of rotation: a swap in a slot, or one in the default slot that goes back. */
export type Course = Slot | 'restore';

/** The points at which daemons on one kind of store are killed. */
export type Share = Readonly<Record<Course, readonly Point[]>>;

const every: Share = {
  default: pointsOf('default'),
  additional: pointsOf('additional'),
  ca: pointsOf('ca'),
  restore: restorePoints,
};

export const courses = ['default', 'additional', 'ca', 'restore'] as const;

/** Between them the stores take every point, each once; the dearer the daemon's start, the fewer. */
export const shares: Readonly<Record<'redis' | 'postgres' | 'embedded', Share>> = {
  redis: {
    default: every.default.filter((_, at) => at % 2 === 0 || at % 8 === 7),
    additional: every.additional.filter((_, at) => at % 6 !== 3 && at % 12 !== 5),
    ca: every.ca.filter((_, at) => at % 4 !== 2),
    restore: every.restore,
  },
  postgres: {
    default: every.default.filter((_, at) => at % 4 === 1),
    additional: every.additional.filter((_, at) => at % 6 === 3),
    ca: every.ca.filter((_, at) => at % 4 === 2),
    restore: [],
  },
  // Nothing leaves the process before an append, so only what comes after one can be told.
  embedded: {
    default: every.default.filter((_, at) => at % 8 === 3),
    additional: every.additional.filter((_, at) => at % 12 === 5),
    ca: [],
    restore: [],
  },
};

/** The points cut into runs of about the same length. */
export function cut(points: readonly Point[], pieces: number): readonly (readonly Point[])[] {
  const length = Math.ceil(points.length / pieces);
  return Array.from({ length: pieces }, (_, at) => points.slice(at * length, (at + 1) * length));
}

/** Of all shares together, for the proof that none is missing. */
export function isWhole(): boolean {
  return courses.every((course) => {
    const taken = Object.values(shares).flatMap((share) => share[course]);
    return taken.length === every[course].length && new Set(taken).size === taken.length;
  });
}
