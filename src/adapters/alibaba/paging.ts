import type { CallName } from './errors.ts';
import { unreadable } from './errors.ts';
import type { BadRow, Page, Rows } from './replies.ts';

/**
 * All pages of a listing that goes on by token, each once. A token that comes a second time would never end, nor would one page under
 * ever new tokens: both are `cloud.unreadable`. A page that came twice may have taken the place of one that never came: unless the
 * reply's own count shows that all rows are there, that is told at the end.
 */
export async function* allPages<T>(
  call: CallName,
  fetch: (nextToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<Page<T>> {
  const listing = new Listing<T>(call);
  for (let token: string | undefined; ; ) {
    const page = await fetch(token);
    if (listing.isNew(page)) yield page;
    if (page.next === null) break;
    token = listing.tokenAfter(page.next);
  }
  listing.end();
}

/** What came of one listing so far. */
class Listing<T> {
  readonly #call: CallName;
  readonly #tokens = new Set<string>();
  #before = '';
  #repeats = 0;
  #twice = false;
  #left: number | null = null;
  #rows = 0;

  constructor(call: CallName) {
    this.#call = call;
  }

  isNew(page: Page<T>): boolean {
    const content = contentOf(page);
    this.#repeats = content === this.#before ? this.#repeats + 1 : 0;
    if (this.#repeats > 1) throw unreadable(this.#call, 'a page comes again and again', null);
    this.#before = content;
    this.#twice ||= this.#repeats > 0;
    this.#rows += this.#repeats > 0 ? 0 : page.rows.length + page.bad.length;
    this.#left = page.total === null ? null : page.total - this.#rows;
    return this.#repeats === 0;
  }

  tokenAfter(token: string): string {
    if (this.#tokens.has(token)) throw unreadable(this.#call, 'the page token repeats', null);
    this.#tokens.add(token);
    return token;
  }

  end(): void {
    if (this.#twice && (this.#left === null || this.#left > 0))
      throw unreadable(this.#call, 'a page came twice', null);
  }
}

/**
 * All pages of a listing that goes on by number: it ends when as many rows came as it says there are. A page that is the one before
 * over again is asked for once more. An empty page too soon, or the same page again, is `cloud.unreadable`.
 */
export async function* numberedPages<T>(
  call: CallName,
  fetch: (currentPage: number) => Promise<Rows<T> & { readonly total: number }>,
): AsyncGenerator<Rows<T>> {
  let seen = 0;
  let before = '';
  for (let currentPage = 1; ; currentPage += 1) {
    let page = await fetch(currentPage);
    if (contentOf(page) === before) page = await fetch(currentPage);
    const count = page.rows.length + page.bad.length;
    if (count > 0 && contentOf(page) === before)
      throw unreadable(call, 'a page comes again and again', null);
    yield page;
    seen += count;
    if (seen >= page.total) return;
    if (count === 0) throw unreadable(call, `page ${currentPage} is empty`, null);
    before = contentOf(page);
  }
}

function contentOf({ rows, bad }: Rows<unknown>): string {
  return JSON.stringify([rows, bad]);
}

/** Every row of a listing. Throws `cloud.unreadable` when a row cannot be read: for whoever must not overlook one. */
export async function everyRow<T>(
  call: CallName,
  pages: AsyncIterable<Page<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const { rows, bad } of pages) {
    if (bad.length > 0) throw unreadable(call, `${bad.length} rows`, null);
    all.push(...rows);
  }
  return all;
}

/** What could be read of a listing, and what ended it too soon; null when it came to its end. */
export async function readableRows<T>(
  pages: AsyncIterable<Rows<T>>,
): Promise<Rows<T> & { readonly error: unknown }> {
  const rows: T[] = [];
  const bad: BadRow[] = [];
  try {
    for await (const page of pages) {
      rows.push(...page.rows);
      bad.push(...page.bad);
    }
    return { rows, bad, error: null };
  } catch (error) {
    return { rows, bad, error };
  }
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
