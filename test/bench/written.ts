import type { Store } from '../../src/ports/store.ts';

/** A write that a store took. */
type Write =
  | { readonly kind: 'append'; readonly name: string; readonly id: string; readonly value: string }
  | { readonly kind: 'put'; readonly name: string; readonly value: string }
  | { readonly kind: 'delete'; readonly name: string };

export interface WrittenStore {
  readonly store: Store;
  /** What was written since the last time this was asked. */
  take(): readonly Write[];
}

/** The store, keeping what it is asked to write. Of two writers of one key only the first has written. */
export function keepingWrites(store: Store): WrittenStore {
  const writes: Write[] = [];
  return {
    store: {
      ...store,
      append: async (stream, entry, after) => {
        await store.append(stream, entry, after);
        writes.push({ kind: 'append', name: stream, ...entry });
      },
      put: async (key, value, version) => {
        const put = await store.put(key, value, version);
        if (put !== null) writes.push({ kind: 'put', name: key, value });
        return put;
      },
      delete: async (key, version) => {
        const deleted = await store.delete(key, version);
        if (deleted) writes.push({ kind: 'delete', name: key });
        return deleted;
      },
    },
    take: () => writes.splice(0),
  };
}

/** Makes the same writes again, one after another, to names of its own. */
export async function writeAgain(
  store: Store,
  under: string,
  writes: readonly Write[],
): Promise<void> {
  const versions = new Map<string, string | null>();
  const lengths = new Map<string, number>();
  for (const write of writes) {
    const name = `${under}/${write.name}`;
    const version = versions.get(name) ?? null;
    if (write.kind === 'append') {
      const after = lengths.get(name) ?? 0;
      await store.append(name, write, after);
      lengths.set(name, after + 1);
    } else if (write.kind === 'delete' && version !== null) {
      await store.delete(name, version);
      versions.set(name, null);
    } else {
      // What is deleted before it was put had been put before these writes: something is written in its place.
      const value = write.kind === 'put' ? write.value : '';
      versions.set(name, await store.put(name, value, version));
    }
  }
}

/** How many of each kind, and how much. */
export function describeWrites(writes: readonly Write[], shared: number): string {
  const of = (kind: Write['kind']): string => {
    const count = writes.filter((write) => write.kind === kind).length;
    return `${(count / shared).toFixed(1)} ${kind}`;
  };
  const bytes = writes.reduce(
    (sum, write) => sum + (write.kind === 'delete' ? 0 : Buffer.byteLength(write.value)),
    0,
  );
  return `${of('append')}, ${of('put')}, ${of('delete')}, ${(bytes / shared / 1024).toFixed(1)} KiB`;
}
