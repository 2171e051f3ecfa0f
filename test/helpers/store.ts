import { randomUUID } from 'node:crypto';
import { NewleafError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Store, StreamEntry, Versioned } from '../../src/ports/store.ts';

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A store in this process, for tests of what stands on a store. It passes the same contract as the real ones. Its pages are short, so
 * that whoever reads only the first is found out.
 */
export function memoryStore(pageSize = 3): Store {
  const streams = new Map<string, StreamEntry[]>();
  const items = new Map<string, Versioned>();
  return {
    append: async (stream, entry, after) => {
      const entries = streams.get(stream) ?? [];
      if (entries[after]?.id === entry.id) return;
      if (entries.length !== after)
        throw new NewleafError('store.conflict', `append to ${stream}`, { fields: { after } });
      streams.set(stream, [...entries, entry]);
    },
    read: async (stream, from) => (streams.get(stream) ?? []).slice(from),
    trim: async (stream) => {
      streams.delete(stream);
    },
    get: async (key) => items.get(key) ?? null,
    put: async (key, value, version) => {
      if ((items.get(key)?.version ?? null) !== version) return null;
      const next = randomUUID();
      items.set(key, { key, value, version: next });
      return next;
    },
    delete: async (key, version) => {
      const there = items.get(key);
      if (there !== undefined && there.version !== version) return false;
      items.delete(key);
      return true;
    },
    list: async (prefix, cursor) => {
      const page = [...items.values()]
        .filter(({ key }) => key.startsWith(prefix) && (cursor === null || key > cursor))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, pageSize);
      return { page, next: page.length < pageSize ? null : (page.at(-1)?.key ?? null) };
    },
    now: async () => new Date(),
    durability: async () => ({
      backend: 'embedded',
      survivesProcess: false,
      survivesMachine: false,
      detail: 'memory',
    }),
  };
}
