/** One benchmark: measures in this process or in ones it starts, and leaves nothing behind. */
export interface Bench {
  readonly name: string;
  /** One line: what is measured beside what. */
  readonly about: string;
  /** What the numbers are, as rows under titles, and what else must be known to read them. */
  run(): Promise<Report>;
}

export interface Report {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}
