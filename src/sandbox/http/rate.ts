/** So many calls in any window of so many milliseconds. */
export interface Rate {
  readonly calls: number;
  readonly millis: number;
}

/** Documented rate limits by action; null, or no entry, is no limit. They hold per account, region and action. */
export type RateTable = Readonly<Record<string, Rate | null>>;
