import { openJournal } from './adapters/state/journal.ts';
import { exportState, importState, isHalfImported, type Moved } from './adapters/state/transfer.ts';
import { systemClock, systemEntropy } from './adapters/clock.ts';
import { makeDataDir } from './access.ts';
import type { Config } from './config/schema.ts';
import { NewleafError } from './domain/errors.ts';
import { openStore } from './open-store.ts';
import type { Log } from './ports/log.ts';
import type { Store } from './ports/store.ts';
import { markStore } from './store-mark.ts';

/** Hands every line of the state of the configured store to `take`. No daemon may run on it. */
export async function exportFrom(
  config: Config,
  log: Log,
  take: (line: string) => void,
): Promise<void> {
  await withStore(config, log, async (store) => {
    for await (const line of exportState(store)) take(line);
  });
}

/** Writes an exported state into the configured store, which must be empty. No daemon may run on it. */
export async function importInto(config: Config, log: Log, text: string): Promise<Moved> {
  return withStore(config, log, async (store) => {
    const moved = await importState(store, text);
    const journal = openJournal({ store, clock: systemClock, entropy: systemEntropy });
    // From now on this is the store of the folder's daemons, with all that is open.
    markStore(config, await journal.open());
    return moved;
  });
}

/** Throws `config.invalid` when an import into this store was cut short. A store that is away says nothing, and is waited for. */
export async function refuseHalfImport(store: Store): Promise<void> {
  const isHalf = await isHalfImported(store).catch(() => false);
  if (!isHalf) return;
  const message =
    'an import into this store was cut short: run newleaf state import again with the same file';
  throw new NewleafError('config.invalid', message);
}

async function withStore<T>(
  config: Config,
  log: Log,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  makeDataDir(config.dataDir);
  const opened = await openStore(config, log);
  try {
    return await work(opened.store);
  } finally {
    await opened.close();
  }
}
