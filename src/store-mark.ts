import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config/schema.ts';
import { NewleafError } from './domain/errors.ts';

/** Which store the daemons of this folder worked with last, and which rotations were open in it. */
const Mark = z.strictObject({ store: z.string(), open: z.array(z.string()) });
type Mark = z.infer<typeof Mark>;

/** The store by its address: no user, no password. */
function storeName({ store }: Pick<Config, 'store'>): string {
  if (store.url === null) return 'embedded';
  const { protocol, host, pathname } = new URL(store.url.reveal());
  const prefix = protocol.startsWith('redis') ? ` ${store.prefix}` : '';
  return `${protocol}//${host}${pathname}${prefix}`;
}

/**
 * Throws `config.invalid` when the last daemon of this folder left rotations open in another store: starting with an empty Journal
 * would forget what was written to their listeners.
 */
export function refuseLeftRotations(config: Pick<Config, 'store' | 'dataDir'>): void {
  const mark = readMark(config.dataDir);
  const now = storeName(config);
  if (mark === null || mark.store === now || mark.open.length === 0) return;
  const count = mark.open.length === 1 ? 'a rotation' : `${mark.open.length} rotations`;
  throw new NewleafError(
    'config.invalid',
    `the store ${mark.store} was left with ${count} open (${mark.open.slice(0, 3).join(', ')}): let them end there, or move everything with newleaf state export and import; if that store is lost, remove ${fileIn(config.dataDir)}`,
  );
}

/** Writes down what is open now; nothing is written when nothing has changed. */
export function markStore(
  config: Pick<Config, 'store' | 'dataDir'>,
  open: readonly string[],
): void {
  const mark: Mark = { store: storeName(config), open: open.toSorted() };
  if (JSON.stringify(readMark(config.dataDir)) === JSON.stringify(mark)) return;
  writeFileSync(fileIn(config.dataDir), `${JSON.stringify(mark)}\n`, { mode: 0o600 });
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'store.json');
}

/** A file that cannot be read says nothing: the next tick writes it again. */
function readMark(dataDir: string): Mark | null {
  try {
    return Mark.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  } catch {
    return null;
  }
}
