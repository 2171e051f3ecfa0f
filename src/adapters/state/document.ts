import { NewleafError } from '../../domain/errors.ts';
import type { Document } from '../../ports/state.ts';
import type { Store } from '../../ports/store.ts';
import type { Codec } from './codec.ts';

/** How often one update may lose against other writers. Each lost round means that somebody else made progress. */
const rounds = 50;

/** Where a document lives, how it is written, and what it is before anybody wrote it. */
export interface DocumentPlace<T> {
  readonly key: string;
  readonly codec: Codec<T>;
  readonly empty: T;
}

/**
 * A document over one key that changes by compare and set. `update` rejects with `store.conflict` after losing 50 rounds; when
 * it rejects with `store.unavailable` the change may or may not have been written, so `change` must decide from what it reads.
 */
export function openDocument<T>(store: Store, place: DocumentPlace<T>): Document<T> {
  return {
    read: async () => (await load(store, place)).value,
    update: async (change) => {
      for (let round = 0; round < rounds; round += 1) {
        const { value, text, version } = await load(store, place);
        const { next, result } = change(value);
        const changed = place.codec.encode(next);
        if (changed === text) return result;
        if ((await store.put(place.key, changed, version)) !== null) return result;
      }
      throw new NewleafError('store.conflict', `change ${place.key}: other writers kept winning`, {
        fields: { key: place.key, rounds },
      });
    },
  };
}

/** `text` is what an unchanged value encodes to: an absent document that stays empty is not written either. */
async function load<T>(store: Store, { key, codec, empty }: DocumentPlace<T>) {
  const stored = await store.get(key);
  if (stored === null) return { value: empty, text: codec.encode(empty), version: null };
  const value = codec.decode(stored.value, key);
  return { value, text: codec.encode(value), version: stored.version };
}
