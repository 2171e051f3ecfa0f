import { NewleafError } from '../../domain/errors.ts';
import type {
  Inventory,
  KnownCertificate,
  KnownListener,
  Missing,
} from '../../domain/inventory.ts';
import type { InventoryBook } from '../../ports/state.ts';
import type { Store, Versioned } from '../../ports/store.ts';
import { type Codec, codecOf } from './codec.ts';
import {
  certificatePrefix,
  listenerPrefix,
  type Piece,
  piecesOf,
  reconciled,
} from './inventory-pieces.ts';
import { everyKey } from './listing.ts';
import { inventoryHead, knownCertificates, knownListeners } from './shapes/inventory.ts';

const headKey = 'inventory/head';
const headCodec: Codec<InventoryHead> = codecOf(inventoryHead);
const listenersCodec: Codec<Piece<KnownListener>> = codecOf(knownListeners);
const certificatesCodec: Codec<Piece<KnownCertificate>> = codecOf(knownCertificates);

/** How often one piece may be lost to other writers within one save. */
const rounds = 20;

/** What belongs to no single region or site. */
interface InventoryHead {
  readonly takenAt: Date | null;
  readonly missing: readonly Missing[];
}

/**
 * The Inventory in pieces: `inventory/listeners/<account>/<region>`, `inventory/certificates/<account>/<site>` and
 * `inventory/head`. A save writes only pieces that change. Saves of several replicas add up: per listener and certificate the
 * later look wins, so a save of what was read a while ago never takes back what another scan has found since.
 */
export function openInventory(store: Store): InventoryBook {
  return {
    takenAt: async () => (await readHead(store)).takenAt,
    read: async () => {
      const { takenAt, missing } = await readHead(store);
      const listeners = await readPieces(store, listenerPrefix, listenersCodec);
      const certificates = await readPieces(store, certificatePrefix, certificatesCodec);
      return { takenAt, listeners, certificates, missing };
    },
    save: (inventory) => save(store, inventory),
  };
}

async function readHead(store: Store): Promise<InventoryHead> {
  const head = await store.get(headKey);
  return head === null ? { takenAt: null, missing: [] } : headCodec.decode(head.value, headKey);
}

async function save(store: Store, inventory: Inventory): Promise<void> {
  const { listeners, certificates } = piecesOf(inventory);
  await savePieces(store, { prefix: listenerPrefix, codec: listenersCodec, pieces: listeners });
  await savePieces(store, {
    prefix: certificatePrefix,
    codec: certificatesCodec,
    pieces: certificates,
  });
  // The head is last: `takenAt` says that everything of that scan is in the store.
  const { takenAt, missing } = inventory;
  await rewrite(store, headKey, (text) => {
    const stored = text === null ? null : headCodec.decode(text, headKey).takenAt;
    const isOlder = stored !== null && (takenAt === null || takenAt < stored);
    return isOlder ? text : headCodec.encode({ takenAt, missing });
  });
}

interface PieceSet<T> {
  readonly prefix: string;
  readonly codec: Codec<Piece<T>>;
  readonly pieces: ReadonlyMap<string, Piece<T>>;
}

async function savePieces<T extends KnownListener | KnownCertificate>(
  store: Store,
  { prefix, codec, pieces }: PieceSet<T>,
): Promise<void> {
  const stored = await everyKey(store, prefix);
  for (const key of new Set([...pieces.keys(), ...stored.map((each) => each.key)])) {
    await rewrite(store, key, (text) => {
      const before = text === null ? [] : codec.decode(text, key);
      const after = reconciled(before, pieces.get(key) ?? []);
      return after.length === 0 ? null : codec.encode(after);
    });
  }
}

async function readPieces<T>(
  store: Store,
  prefix: string,
  codec: Codec<Piece<T>>,
): Promise<readonly T[]> {
  const stored = await everyKey(store, prefix);
  return stored
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap(({ key, value }) => codec.decode(value, key));
}

/** Changes one key by compare and set; null is an absent key, and what does not change is not written. */
async function rewrite(
  store: Store,
  key: string,
  change: (text: string | null) => string | null,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const stored = await store.get(key);
    const before = stored?.value ?? null;
    const next = change(before);
    if (next === before || (await replace(store, key, stored, next))) return;
  }
  throw new NewleafError('store.conflict', `save ${key}: other writers kept winning`, {
    fields: { key },
  });
}

/** True when no other writer was first. */
async function replace(
  store: Store,
  key: string,
  stored: Versioned | null,
  next: string | null,
): Promise<boolean> {
  if (next !== null) return (await store.put(key, next, stored?.version ?? null)) !== null;
  return stored === null || store.delete(key, stored.version);
}
