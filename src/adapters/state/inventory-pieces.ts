import type { Inventory, KnownCertificate, KnownListener } from '../../domain/inventory.ts';
import { listenerKey } from '../../domain/listener.ts';

/** The listeners of one account and region, or the certificates of one account and site. */
export type Piece<T> = readonly T[];

/** Both kinds of piece under their store keys. Accounts, regions and sites never hold a `/`. */
export interface Pieces {
  readonly listeners: ReadonlyMap<string, Piece<KnownListener>>;
  readonly certificates: ReadonlyMap<string, Piece<KnownCertificate>>;
}

export const listenerPrefix = 'inventory/listeners/';
export const certificatePrefix = 'inventory/certificates/';

export function piecesOf({ listeners, certificates }: Inventory): Pieces {
  return {
    listeners: groupBy(
      listeners,
      ({ state: { ref } }) => `${listenerPrefix}${ref.account}/${ref.region}`,
    ),
    certificates: groupBy(
      certificates,
      ({ account, certificate }) => `${certificatePrefix}${account}/${certificate.site}`,
    ),
  };
}

/**
 * A piece as it should be stored when somebody else may have written it since ours was read. Entry by entry the later look
 * wins, and ours where they are equal. What only the store knows stays, unless it was absent already: then ours says it is gone.
 */
export function reconciled<T extends KnownListener | KnownCertificate>(
  stored: Piece<T>,
  ours: Piece<T>,
): Piece<T> {
  const byName = new Map(stored.filter(({ absences }) => absences === 0).map(named));
  const older = new Map(stored.map(named));
  for (const entry of ours) {
    const name = nameOf(entry);
    const other = older.get(name);
    byName.set(name, other !== undefined && other.seenAt > entry.seenAt ? other : entry);
  }
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

function named<T extends KnownListener | KnownCertificate>(entry: T): [string, T] {
  return [nameOf(entry), entry];
}

function nameOf(entry: KnownListener | KnownCertificate): string {
  return 'state' in entry
    ? listenerKey(entry.state.ref)
    : `${entry.account}/${entry.certificate.id}`;
}

function groupBy<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
): ReadonlyMap<string, Piece<T>> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}
