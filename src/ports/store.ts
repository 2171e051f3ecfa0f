/** A stored value with the version that a later `put` or `delete` must name. */
export interface Versioned {
  readonly key: string;
  readonly value: string;
  readonly version: string;
}

export interface StreamEntry {
  /** Chosen by the writer; unique in the stream. */
  readonly id: string;
  readonly value: string;
}

/** What the backend can promise about a write that has resolved. */
export interface Durability {
  readonly backend: 'redis' | 'postgres' | 'embedded';
  readonly survivesProcess: boolean;
  readonly survivesMachine: boolean;
  /** Why not, and what setting helps; empty when both hold. */
  readonly detail: string;
}

/**
 * The one place where truth is kept. Values are opaque text to it. Every method rejects with `store.unavailable`
 * when the backend cannot be reached; a caller may repeat any of them.
 */
export interface Store {
  /**
   * Adds an entry after the first `after` entries of the stream (0 for an empty one). Resolves when the entry
   * survives losing the process, and the machine where the backend can promise it. Repeating a committed append of
   * the same id at the same place is not a conflict. A foreign entry at that place, or a gap, is `store.conflict`.
   */
  append(stream: string, entry: StreamEntry, after: number): Promise<void>;
  /** The entries from position `from` (0 is the first), in order; empty for an unknown stream. */
  read(stream: string, from: number): Promise<readonly StreamEntry[]>;
  /** Removes the whole stream; absent is fine. */
  trim(stream: string): Promise<void>;
  get(key: string): Promise<Versioned | null>;
  /**
   * Compare and set: `version` is the one read before, null for a key that must not exist. Resolves to the new version,
   * or null when another writer was first (expected: read again and decide again).
   */
  put(key: string, value: string, version: string | null): Promise<string | null>;
  /** Deletes when the version still holds; false when another writer was first. Deleting an absent key is true. */
  delete(key: string, version: string): Promise<boolean>;
  /** One page of the keys with this prefix, with values, in no particular order. `cursor` null starts; a null `next` ends. */
  list(
    prefix: string,
    cursor: string | null,
  ): Promise<{ readonly page: readonly Versioned[]; readonly next: string | null }>;
  /** The backend's own clock. */
  now(): Promise<Date>;
  durability(): Promise<Durability>;
}
