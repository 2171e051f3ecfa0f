import { z } from 'zod';
import type { SqlPool } from '../../ports/queue.ts';
import type { Durability } from '../../ports/store.ts';

const Settings = z.array(z.object({ name: z.string(), setting: z.string() }));

/** What the embedded database can promise: it writes to the operating system and never waits for the disk. */
export const embeddedDurability: Durability = {
  backend: 'embedded',
  survivesProcess: true,
  survivesMachine: false,
  detail:
    'the embedded database does not wait for the disk: set store.url to a PostgreSQL or Redis server',
};

/** What a PostgreSQL server promises by its settings, as they hold for our sessions. */
export async function serverDurability(pool: SqlPool): Promise<Durability> {
  const { rows } = await pool.query<unknown>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')`,
  );
  const settings = new Map(Settings.parse(rows).map(({ name, setting }) => [name, setting]));
  const problems = [
    settings.get('fsync') === 'on' ? null : 'fsync is off: set it to on',
    settings.get('synchronous_commit') === 'off' ? 'synchronous_commit is off: set it to on' : null,
  ].filter((problem) => problem !== null);
  return {
    backend: 'postgres',
    survivesProcess: true,
    survivesMachine: problems.length === 0,
    detail: problems.join('; '),
  };
}
