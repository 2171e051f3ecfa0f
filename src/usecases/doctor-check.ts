/** One thing that `doctor` looked at. */
export interface Check {
  readonly name: string;
  /** `skipped`: nobody looked, `detail` says why. */
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  /** What to do about it; null when there is nothing to do. */
  readonly advice: string | null;
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail, advice: null };
}

export function skipped(name: string, detail: string): Check {
  return { name, state: 'skipped', detail, advice: null };
}

export function warning(name: string, detail: string, advice: string | null): Check {
  return { name, state: 'warning', detail, advice };
}

export function failed(name: string, detail: string, advice: string | null): Check {
  return { name, state: 'failed', detail, advice };
}

/** What an error says, for people. */
export function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `1 listener`, `2 listeners`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
