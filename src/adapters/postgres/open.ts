import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Log } from '../../ports/log.ts';
import type { OpenedStore } from '../../ports/queue.ts';
import { readAddress } from './address.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { embeddedDurability, serverDurability } from './durability.ts';
import { EmbeddedPool } from './embedded-pool.ts';
import { outageIn } from './outage.ts';
import { schemaReady } from './ready.ts';
import { ServerPool } from './server-pool.ts';
import { postgresStore } from './store.ts';

/**
 * The store and the queues on one PostgreSQL server, 13 or later. Does not wait for the server: while it is away every call to the
 * store rejects with `store.unavailable` within 8 s, and sessions for the queues are waited for. Rejects with `config.invalid` for a bad URL.
 */
export async function openPostgres({
  url,
  log,
}: {
  readonly url: string;
  readonly log: Log;
}): Promise<OpenedStore> {
  const address = readAddress(url);
  const outage = outageIn(log);
  const settings = '-c synchronous_commit=on';
  const pool = new ServerPool(address, { max: 4, settings, waits: false }, outage);
  // The queue package finds its tables by search_path, and each worker keeps one session to listen on. What it could not connect
  // at its start it never tries again, so it waits.
  const queueSettings = '-c search_path=bullmq';
  const queuePool = new ServerPool(
    address,
    { max: 16, settings: queueSettings, waits: true },
    outage,
  );
  const durability = () => serverDurability(pool);
  return {
    store: postgresStore({ pool, ready: schemaReady(pool), durability }),
    queue: { kind: 'postgres', pool: queuePool },
    close: async () => {
      await Promise.all([pool.end(), queuePool.end()]);
    },
  };
}

/**
 * The store and the queues on a PostgreSQL inside this process, kept in `dataDir`, which is locked until `close` or the end of
 * the process. Rejects with `data-dir.locked`, naming the holder, while another process has it.
 */
export async function openEmbedded({
  dataDir,
}: {
  readonly dataDir: string;
}): Promise<OpenedStore> {
  const lock = await lockDataDir(dataDir);
  try {
    const db = await PGlite.create(join(dataDir, 'postgres'));
    // One session serves both: our own SQL names its schema, the queue package's does not.
    await db.exec('SET search_path TO bullmq');
    const pool = new EmbeddedPool(db);
    return {
      store: postgresStore({
        pool,
        ready: schemaReady(pool),
        durability: async () => embeddedDurability,
      }),
      queue: { kind: 'postgres', pool },
      close: async () => {
        await pool.end();
        await db.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
