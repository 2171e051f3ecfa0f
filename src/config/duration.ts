import type { Millis } from '../domain/certificate.ts';

/** Largest first: a length is written in the largest unit that divides it. */
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const longest: Millis = 3650 * 86_400_000;

/** `30d`, `6h`, `10m`, `120s` or `500ms` in milliseconds; null when the text is no such length or is over ten years. */
export function parseDuration(text: string): Millis | null {
  const found = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text);
  const factor = units.find(([unit]) => unit === found?.[2])?.[1];
  if (found === null || factor === undefined) return null;
  const millis = Number(found[1]) * factor;
  return millis <= longest ? millis : null;
}

/** The shortest text that `parseDuration` turns back into the same number. */
export function formatDuration(millis: Millis): string {
  if (millis === 0) return '0s';
  for (const [unit, factor] of units) {
    if (millis % factor === 0) return `${millis / factor}${unit}`;
  }
  return `${Math.round(millis)}ms`;
}
