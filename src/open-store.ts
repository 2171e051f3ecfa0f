import { openEmbedded, openPostgres } from './adapters/postgres/open.ts';
import { openRedis } from './adapters/redis/open.ts';
import { clearLeases } from './adapters/state/leases.ts';
import type { Config } from './config/schema.ts';
import type { Log } from './ports/log.ts';
import type { OpenedStore } from './ports/queue.ts';

/** Opens the store that the configuration names. Rejects with `data-dir.locked` or `config.invalid`; a server that is away is not waited for. */
export async function openStore({ store, dataDir }: Config, log: Log): Promise<OpenedStore> {
  if (store.url === null) return openAlone(dataDir);
  const url = store.url.reveal();
  if (/^rediss?:/.test(url)) return openRedis({ url, prefix: store.prefix, log });
  return openPostgres({ url, log });
}

/** The embedded store. Its lock proves that no other daemon lives, so nothing need wait for the leases of one that died. */
async function openAlone(dataDir: string): Promise<OpenedStore> {
  const opened = await openEmbedded({ dataDir });
  await clearLeases(opened.store);
  return opened;
}
