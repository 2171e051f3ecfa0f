import { NewleafError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { OpenedStore } from '../../ports/queue.ts';
import { type Deadlines, openLink } from './link.ts';
import { redisStore } from './store.ts';

const usual: Deadlines = { connect: 2000, reply: 5000 };

export interface RedisOptions {
  /** `redis://` or `rediss://`; may hold a password. */
  readonly url: string;
  /** Hash-tagged, e.g. `{newleaf}`. */
  readonly prefix: string;
  readonly log: Log;
  /** Left out: 2 s for a connection, 5 s for a reply. */
  readonly deadlines?: Deadlines;
}

/**
 * The store and the queues on one Redis. Does not wait for the server: while it is away every call rejects with
 * `store.unavailable` once the deadlines have passed. Rejects with `config.invalid` for a bad URL or a prefix without hash tag.
 */
export async function openRedis({
  url,
  prefix,
  log,
  deadlines = usual,
}: RedisOptions): Promise<OpenedStore> {
  assertUsable(url, prefix);
  const link = openLink(url, deadlines, log);
  const journal = openLink(url, deadlines, log);
  return {
    store: redisStore({ link, journal, prefix }),
    queue: { kind: 'redis', url, prefix },
    close: async () => {
      link.close();
      journal.close();
    },
  };
}

function assertUsable(url: string, prefix: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    // The text itself may be a secret with a typing error in it.
    throw new NewleafError('config.invalid', 'store.url must look like redis://host:6379');
  }
  if (!/\{[^{}]+\}/.test(prefix)) {
    throw new NewleafError(
      'config.invalid',
      'store.prefix must hold a hash tag such as {newleaf}',
      {
        fields: { prefix },
      },
    );
  }
}
