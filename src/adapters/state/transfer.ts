import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import type { Store, Versioned } from '../../ports/store.ts';
import { openExtent, partKey } from './audit/parts.ts';
import { codecOf } from './codec.ts';
import { everyKey } from './listing.ts';

/** How much was moved. */
export interface Moved {
  readonly values: number;
  readonly entries: number;
}

const Line = z.union([
  z.strictObject({ newleaf: z.literal('state'), v: z.literal(1) }),
  z.strictObject({ key: z.string(), value: z.string() }),
  z.strictObject({ stream: z.string(), id: z.string(), value: z.string() }),
  z.strictObject({ lines: z.int(), sha256: z.string() }),
]);
type Line = z.infer<typeof Line>;

/** Written before the first value of an import and removed after the last: whoever finds it has half a state before him. */
const importKey = 'import';
const importMark = codecOf(z.strictObject({ sha256: z.string() }));

/** Who holds a lease in one store means nothing in another. */
const staysBehind = (key: string): boolean => key.startsWith('lease/') || key === importKey;

/**
 * Everything in the store as lines of JSON: a header, each value, each entry of each stream in order, and a last line that tells
 * whether the rest is whole. Nobody may write meanwhile.
 */
export async function* exportState(store: Store): AsyncIterable<string> {
  const hash = createHash('sha256');
  let lines = 0;
  const tell = (line: Line): string => {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    lines += 1;
    return text;
  };
  yield tell({ newleaf: 'state', v: 1 });
  const values = (await everyKey(store, '')).filter(({ key }) => !staysBehind(key));
  for (const { key, value } of values.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
    yield tell({ key, value });
  for (const stream of await streamsOf(store, values))
    for (const { id, value } of await store.read(stream, 0)) yield tell({ stream, id, value });
  yield `${JSON.stringify({ lines, sha256: hash.digest('hex') })}\n`;
}

/**
 * Writes an exported state into an empty store. Refused, before anything is written, when the text is not whole or the store has a
 * state of its own. Cut short, it is done again with the same text.
 */
export async function importState(store: Store, text: string): Promise<Moved> {
  const { lines, sha256 } = readLines(text);
  await claim(store, sha256);
  const places = new Map<string, number>();
  let values = 0;
  for (const line of lines) {
    if ('key' in line) {
      await putOnce(store, line);
      values += 1;
    } else if ('stream' in line) {
      const { stream, id, value } = line;
      const after = places.get(stream) ?? 0;
      await store.append(stream, { id, value }, after);
      places.set(stream, after + 1);
    }
  }
  const mark = await store.get(importKey);
  if (mark !== null) await store.delete(importKey, mark.version);
  return { values, entries: [...places.values()].reduce((sum, count) => sum + count, 0) };
}

/** Whether an import was cut short here: what is in the store is only a part. */
export async function isHalfImported(store: Pick<Store, 'get'>): Promise<boolean> {
  return (await store.get(importKey)) !== null;
}

/** Streams have no listing of their own: what leads to them is among the values. */
async function streamsOf(store: Store, values: readonly Versioned[]): Promise<readonly string[]> {
  const journals = values
    .filter(({ key }) => key.startsWith('rotation/'))
    .map(({ key }) => key.replace('rotation/', 'journal/'));
  const { first, last } = await openExtent(store).read();
  const parts: string[] = [];
  for (let part = first; ; part += 1) {
    const isThere = (await store.read(partKey(part), 0)).length > 0;
    if (!isThere && part > last) break;
    parts.push(partKey(part));
  }
  return [...journals.toSorted(), ...parts];
}

function readLines(text: string): { readonly lines: readonly Line[]; readonly sha256: string } {
  const end = text.trimEnd().lastIndexOf('\n') + 1;
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => readLine(line));
  const [head, last] = [lines[0], lines.at(-1)];
  const sha256 = createHash('sha256').update(text.slice(0, end)).digest('hex');
  if (head === undefined || !('newleaf' in head))
    throw invalid('it is no state that newleaf state export has written');
  const isWhole =
    last !== undefined &&
    'sha256' in last &&
    last.sha256 === sha256 &&
    last.lines === lines.length - 1;
  if (!isWhole) throw invalid('it is not whole: its end is missing or it was changed');
  return { lines, sha256 };
}

function readLine(text: string): Line {
  try {
    const parsed = Line.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // Told below, like any other line that is none of ours.
  }
  throw invalid('it holds a line that this release cannot read');
}

async function claim(store: Store, sha256: string): Promise<void> {
  const mark = await store.get(importKey);
  if (mark !== null) {
    if (importMark.decode(mark.value, mark.key).sha256 === sha256) return;
    throw invalid('an import of another file was cut short in this store: end that one first');
  }
  const others = (await everyKey(store, '')).filter(({ key }) => !staysBehind(key));
  if (others.length > 0) throw invalid('the store is not empty: name another one, or empty it');
  if ((await store.put(importKey, importMark.encode({ sha256 }), null)) === null)
    throw invalid('somebody else imports into this store');
}

async function putOnce(
  store: Store,
  { key, value }: { readonly key: string; readonly value: string },
): Promise<void> {
  if ((await store.put(key, value, null)) !== null) return;
  if ((await store.get(key))?.value === value) return;
  throw new NewleafError('store.conflict', `import ${key}: somebody else writes to this store`);
}

function invalid(why: string): NewleafError {
  return new NewleafError('request.invalid', `the state cannot be imported: ${why}`);
}
