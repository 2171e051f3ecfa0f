import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded, openPostgres } from '../../src/adapters/postgres/open.ts';
import { openRedis } from '../../src/adapters/redis/open.ts';
import type { OpenedStore } from '../../src/ports/queue.ts';
import type { Store } from '../../src/ports/store.ts';
import { postgresBin, startPostgres } from '../helpers/postgres.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { memoryStore, quietLog } from '../helpers/store.ts';

/** A backend to measure: opened fresh, with a server of its own where it needs one. */
interface Backend {
  readonly name: string;
  readonly open: () => Promise<OpenStore>;
}

interface OpenStore extends AsyncDisposable {
  readonly store: Store;
}

/** The backends this machine has. Memory is what is left of a measurement when the store costs nothing. */
export const backends: readonly Backend[] = [
  {
    name: 'memory',
    open: async () => ({ store: memoryStore(), [Symbol.asyncDispose]: async () => {} }),
  },
  { name: 'embedded', open: openOwnEmbedded },
  ...(hasRedis ? [{ name: 'redis', open: openOwnRedis }] : []),
  ...(postgresBin === null ? [] : [{ name: 'postgres', open: opensPostgres(postgresBin) }]),
];

/** Which backends are not measured here, as a sentence; none when all are. */
export const absent: readonly string[] = [
  ...(hasRedis ? [] : ['redis is not measured: no redis-server here']),
  ...(postgresBin === null ? ['postgres is not measured: no PostgreSQL server here'] : []),
];

/** What the durability of these numbers is. */
export const durability =
  'redis: appendonly yes, appendfsync always; embedded: survives the process, not a power loss';

async function openOwnEmbedded(): Promise<OpenStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'newleaf-bench-'));
  const opened = await openEmbedded({ dataDir });
  return closing(opened, () => rm(dataDir, { recursive: true, force: true }));
}

async function openOwnRedis(): Promise<OpenStore> {
  const server = await startRedis();
  const opened = await openRedis({ url: server.url, prefix: '{newleaf}', log: quietLog });
  return closing(opened, () => server.dispose());
}

function opensPostgres(bin: string): () => Promise<OpenStore> {
  return async () => {
    const server = await startPostgres(bin);
    const opened = await openPostgres({ url: server.url, log: quietLog });
    return closing(opened, () => server.dispose());
  };
}

function closing({ store, close }: OpenedStore, afterwards: () => Promise<void>): OpenStore {
  return {
    store,
    [Symbol.asyncDispose]: async () => {
      await close();
      await afterwards();
    },
  };
}
