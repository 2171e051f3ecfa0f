import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { NewleafError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { OpenedStore, SqlPool } from '../../ports/queue.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { embeddedDurability, serverDurability } from './durability.ts';
import { EmbeddedPool } from './embedded-pool.ts';
import { schemaReady } from './ready.ts';
import { postgresStore } from './store.ts';

/** The longest a connection, and then a statement, may take. */
const deadline = { connect: 3000, statement: 5000 } as const;

/**
 * The store and the queues on one PostgreSQL server, 13 or later. Does not wait for the server: while it is away every call
 * rejects with `store.unavailable` within 8 s. Rejects with `config.invalid` for a bad URL.
 */
export async function openPostgres({
  url,
  log,
}: {
  readonly url: string;
  readonly log: Log;
}): Promise<OpenedStore> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    // The text itself may be a secret with a typing error in it.
    throw new NewleafError('config.invalid', 'store.url must look like postgres://host/database');
  }
  const pool = serverPool(url, log, { max: 4, settings: '-c synchronous_commit=on' });
  // The queue package finds its tables by search_path, and each worker keeps one session to listen on.
  const queuePool = serverPool(url, log, { max: 16, settings: '-c search_path=bullmq' });
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

function serverPool(
  url: string,
  log: Log,
  { max, settings }: { readonly max: number; readonly settings: string },
): SqlPool {
  const pool = new Pool({
    connectionString: url,
    max,
    options: settings,
    application_name: 'newleaf',
    keepAlive: true,
    connectionTimeoutMillis: deadline.connect,
    query_timeout: deadline.statement,
    statement_timeout: deadline.statement,
  });
  // Every queue and worker listens on the pool itself.
  pool.setMaxListeners(0);
  pool.on('error', (error) => log.warn({ reason: error.message }, 'store connection failed'));
  return sqlPool(pool);
}

/** The driver's types tell event listeners by a generic that no plain interface matches; its surface is the one we name. */
function sqlPool(pool: object): SqlPool {
  if (!isSqlPool(pool)) throw new TypeError('the PostgreSQL driver has no pool as we know it');
  return pool;
}

function isSqlPool(pool: object): pool is SqlPool {
  return 'connect' in pool && 'query' in pool && 'end' in pool;
}
