import type { CallName } from './errors.ts';
import { unreadable } from './errors.ts';
import type { Page } from './replies.ts';

/**
 * All rows of a listing that goes on by token. A token that comes a second time would never end, and skipping rows silently would
 * make listeners disappear: both are `cloud.unreadable`.
 */
export async function* allPages<T>(
  call: CallName,
  fetch: (nextToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  let token: string | undefined;
  for (;;) {
    const page = await fetch(token);
    yield* page.rows;
    if (page.next === null) return;
    if (seen.has(page.next)) throw unreadable(call, 'the page token repeats', null);
    seen.add(page.next);
    token = page.next;
  }
}

export async function collected<T>(rows: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** The first row under each key: pages shift while they are read, and then a row comes twice. */
export function unique<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  return [...new Map(rows.toReversed().map((row) => [key(row), row])).values()].toReversed();
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** Works on up to `width` items at a time and hands the results on in order. Ends at the first failure. */
export async function* inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  const start = (item: T): void => {
    const result = work(item);
    // A failure is thrown when its turn comes; until then, or when nobody asks any more, it is not unhandled.
    result.catch(() => undefined);
    started.push(result);
  };
  items.slice(0, width).forEach(start);
  for (const [index] of items.entries()) {
    const result = started[index];
    if (result === undefined) return;
    yield await result;
    const next = items[index + width];
    if (next !== undefined) start(next);
  }
}
