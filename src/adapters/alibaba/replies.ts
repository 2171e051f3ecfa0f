import { z } from 'zod';
import { type CallName, unreadable } from './errors.ts';

/** What the SDK's methods resolve to, generated ones and ours. Names in the body start with a lower-case letter. */
export interface Reply {
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** What can be read of a row that is not as documented. */
export interface BadRow {
  readonly loadBalancerId: string | null;
  readonly listenerId: string | null;
}

/** The rows of one reply. One that cannot be read does not hide the others. */
export interface Rows<T> {
  readonly rows: readonly T[];
  readonly bad: readonly BadRow[];
}

/** One page of rows; `next` is null on the last page. */
export interface Page<T> extends Rows<T> {
  readonly next: string | null;
  /** How many rows all pages have together, by the reply's own count; null when it does not say. */
  readonly total: number | null;
}

const Identified = z.object({ requestId: z.string() });

export function requestIdOf(reply: Reply): string | null {
  return requestIdIn(reply.body);
}

function requestIdIn(body: unknown): string | null {
  const parsed = Identified.safeParse(body);
  return parsed.success ? parsed.data.requestId : null;
}

/** Cloud clock minus ours. `Date` is cut to the second, and was written about half-way through the call. */
export function skewOf(reply: Reply, sent: Date, received: Date): number | null {
  const stamp = Date.parse(reply.headers?.['date'] ?? '');
  if (Number.isNaN(stamp)) return null;
  return Math.round(stamp + 500 - (sent.getTime() + received.getTime()) / 2);
}

/** A reader of one reply: the shape, or `cloud.unreadable` naming the action and the place in the reply, never its content. */
export function reader<S extends z.ZodType>(
  shape: S,
): (body: unknown, call: CallName) => z.output<S> {
  return (body, call) => {
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? 'body' : issue.path.join('.');
    throw unreadable(call, `${place}: ${issue?.code ?? 'invalid'}`, requestIdIn(body));
  };
}

/** A text that some operations send as a number. */
export const text = z.union([z.string(), z.number()]).transform(String);
/** Absent, null and a wrong empty value all mean that nothing was said. */
export const maybeText = text
  .nullish()
  .transform((value) => (value === '' ? null : (value ?? null)));
export const maybeFlag = z
  .union([z.boolean(), z.stringbool()])
  .nullish()
  .transform((value) => value ?? null);
export const list = <S extends z.ZodType>(item: S) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const Named = z.object({
  loadBalancerId: maybeText.catch(null),
  listenerId: maybeText.catch(null),
});

/** The rows of one reply, each read by itself; null when the reply has no such list. */
export function rowsOf<S extends z.ZodType>(shape: S) {
  return z
    .array(z.unknown())
    .nullish()
    .transform((found): Rows<z.output<S>> | null =>
      found === null || found === undefined ? null : sorted(shape, found),
    );
}

function sorted<S extends z.ZodType>(shape: S, found: readonly unknown[]): Rows<z.output<S>> {
  const rows: z.output<S>[] = [];
  const bad: BadRow[] = [];
  for (const row of found) {
    const parsed = shape.safeParse(row);
    if (parsed.success) rows.push(parsed.data);
    else bad.push(Named.safeParse(row).data ?? { loadBalancerId: null, listenerId: null });
  }
  return { rows, bad };
}
