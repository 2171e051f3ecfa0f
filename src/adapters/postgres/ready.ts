import type { SqlPool } from '../../ports/queue.ts';
import { migrate } from './schema.ts';

/** Makes the schema once, on first use; a failure is tried again by the next caller, so a database may start after us. */
export function schemaReady(pool: SqlPool): () => Promise<void> {
  let making: Promise<void> | null = null;
  return async () => {
    making ??= migrate(pool);
    try {
      await making;
    } catch (error) {
      making = null;
      throw error;
    }
  };
}
