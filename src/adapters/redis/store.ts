import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import type { Store, StreamEntry, Versioned } from '../../ports/store.ts';
import type { Link } from './link.ts';
import { canWaitForDisk, durabilityOf, type Persistence, readPersistence } from './persistence.ts';
import { appendScript, deleteScript, listScript, putScript, versionLength } from './scripts.ts';

/** Names and bytes that one page of a listing may hold. */
const page = { names: 200, bytes: 1_000_000 } as const;

/** How long an append waits for the disk, in milliseconds; the link's reply deadline must be longer. */
const diskDeadline = 3000;

const appendReply = z.enum(['appended', 'repeated', 'foreign', 'gap']);
const texts = z.array(z.string());
const timeReply = z.tuple([z.coerce.number(), z.coerce.number()]);

/** `journal` carries appends alone: waiting for the disk holds up everything else on its connection. */
export interface RedisParts {
  readonly link: Link;
  readonly journal: Link;
  /** Stands before every key; hash-tagged, so that a cluster keeps all keys on one node. */
  readonly prefix: string;
}

/** The store on Redis: each operation is one atomic command or script. */
export function redisStore(parts: RedisParts): Store {
  const { link, prefix } = parts;
  const keys = keysUnder(prefix);
  return {
    ...streams(parts, keys),
    ...values(link, keys),
    list: (under, cursor) =>
      link.run(`list ${under}`, (client) => list(client, keys, under, cursor)),
    now: () =>
      link.run('read the store clock', async (client) => {
        const [seconds, micros] = timeReply.parse(await client.time());
        return new Date(seconds * 1000 + Math.floor(micros / 1000));
      }),
    durability: async () => durabilityOf(await link.run('read durability', readPersistence)),
  };
}

function streams(parts: RedisParts, keys: Keys): Pick<Store, 'append' | 'read' | 'trim'> {
  const { link } = parts;
  return {
    append: appender(parts, keys),
    read: (stream, from) =>
      link.run(`read ${stream}`, async (client) => {
        const elements = await client.lrange(keys.stream(stream), from, -1);
        return elements.map(entryOf);
      }),
    trim: (stream) =>
      link.run(`trim ${stream}`, async (client) => {
        await client.unlink(keys.stream(stream));
      }),
  };
}

function values(link: Link, keys: Keys): Pick<Store, 'get' | 'put' | 'delete'> {
  return {
    get: (key) =>
      link.run(`get ${key}`, async (client) => {
        const text = await client.get(keys.value(key));
        return text === null ? null : versioned(key, text);
      }),
    put: (key, value, version) =>
      link.run(`put ${key}`, async (client) => {
        const next = randomBytes(versionLength / 2).toString('hex');
        const names = [keys.value(key), keys.index];
        const written = await client.eval(putScript, 2, ...names, version ?? '', next, value, key);
        return written === 1 ? next : null;
      }),
    delete: (key, version) =>
      link.run(`delete ${key}`, async (client) => {
        const names = [keys.value(key), keys.index];
        return (await client.eval(deleteScript, 2, ...names, version, key)) === 1;
      }),
  };
}

interface Keys {
  /** A sorted set of all names, for listing. */
  readonly index: string;
  /** What stands before a name in its key. */
  readonly values: string;
  value(key: string): string;
  stream(stream: string): string;
}

function keysUnder(prefix: string): Keys {
  const valuePrefix = `${prefix}:value:`;
  return {
    index: `${prefix}:index`,
    values: valuePrefix,
    value: (key) => valuePrefix + key,
    stream: (stream) => `${prefix}:stream:${stream}`,
  };
}

/** Appends, and on a server that can be asked for it waits until the entry is on its disk. */
function appender({ journal }: RedisParts, keys: Keys): Store['append'] {
  const persistence = remembered(journal);
  return (stream, { id, value }, after) =>
    journal.run(`append to ${stream}`, async (client) => {
      const known = await persistence(client);
      // Both are on their way before either answers: on another connection the wait would be for nothing.
      const [reply, onDisk] = await Promise.all([
        client.eval(appendScript, 1, keys.stream(stream), after, id, value),
        canWaitForDisk(known) ? client.call('WAITAOF', 1, 0, diskDeadline) : null,
      ]);
      settleAppend(stream, after, appendReply.parse(reply));
      if (onDisk !== null) assertOnDisk(stream, known, onDisk);
    });
}

/** Asked once per connection: after a failover another server answers. */
function remembered(link: Link): (client: Redis) => Promise<Persistence> {
  let known: { readonly connection: number; readonly facts: Persistence } | null = null;
  return async (client) => {
    const connection = link.connections();
    if (known?.connection !== connection)
      known = { connection, facts: await readPersistence(client) };
    return known.facts;
  };
}

function settleAppend(stream: string, after: number, reply: z.infer<typeof appendReply>): void {
  if (reply === 'appended' || reply === 'repeated') return;
  const why = reply === 'gap' ? 'entries before it are missing' : 'another writer was first';
  throw new NewleafError('store.conflict', `append to ${stream}: ${why}`, {
    fields: { stream, after },
  });
}

function assertOnDisk(stream: string, { appendonly }: Persistence, reply: unknown): void {
  const [local = 0] = z.array(z.coerce.number()).parse(reply);
  // A server that hides its settings may have no file to wait for: `durability` says so, appends go on.
  if (local >= 1 || appendonly === null) return;
  throw new NewleafError('store.unavailable', `append to ${stream}: not on disk in time`, {
    fields: { stream },
  });
}

async function list(client: Redis, keys: Keys, under: string, cursor: string | null) {
  const lowest = cursor === null ? `[${under}` : `(${cursor}`;
  // 0xff is in no UTF-8 text: it stands behind every name that starts with the prefix.
  const highest = Buffer.concat([Buffer.from(`[${under}`), Buffer.from([0xff])]);
  const limits = [page.names, page.bytes];
  const reply = await client.eval(
    listScript,
    1,
    keys.index,
    keys.values,
    lowest,
    highest,
    ...limits,
  );
  const [next = '', ...flat] = texts.parse(reply);
  const found: Versioned[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2)
    found.push(versioned(flat[at] ?? '', flat[at + 1] ?? ''));
  return { page: found, next: next === '' ? null : next };
}

function versioned(key: string, text: string): Versioned {
  return { key, version: text.slice(0, versionLength), value: text.slice(versionLength) };
}

function entryOf(element: string): StreamEntry {
  const end = element.indexOf('\n');
  return { id: element.slice(0, end), value: element.slice(end + 1) };
}
