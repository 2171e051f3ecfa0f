import { z } from 'zod';
import type { Digest } from '../../../domain/plan.ts';
import type { AuditTrail } from '../../../ports/audit.ts';
import type { Store } from '../../../ports/store.ts';
import { codecOf } from '../codec.ts';
import { openAppender } from './append.ts';
import { forget } from './forget.ts';
import { openExtent, walkParts } from './parts.ts';

export interface AuditParts {
  readonly store: Store;
  readonly sha256: Digest;
  /** Rows in one part, which is read and forgotten as a whole. Left out: 500. */
  readonly rowsPerPart?: number;
}

const followCodec = codecOf(z.strictObject({ rows: z.int() }));
const followKey = (id: string): string => `audit-followed/${id}`;

/**
 * The audit over the store: streams `audit/<part>`, in which an entry's id is its row's hash, and a document `audit` that says where
 * the chain begins.
 */
export function openAuditTrail({ store, sha256, rowsPerPart = 500 }: AuditParts): AuditTrail {
  const extent = openExtent(store);
  const appender = openAppender({ store, extent, sha256, rowsPerPart });
  const { append } = appender;
  return {
    ...appender,
    checkpoint: async () => (await extent.read()).checkpoint,
    parts: (first) => walkParts(store, extent, first),
    forget: (before, now) => forget({ store, extent, append }, before, now),
    followed: async (id) => {
      const stored = await store.get(followKey(id));
      return stored === null ? 0 : followCodec.decode(stored.value, stored.key).rows;
    },
    setFollowed: async (id, rows) => {
      const stored = await store.get(followKey(id));
      // Whoever was first has followed it as far, or will notice the next time.
      await store.put(followKey(id), followCodec.encode({ rows }), stored?.version ?? null);
    },
    unfollow: async (id) => {
      const stored = await store.get(followKey(id));
      if (stored !== null) await store.delete(followKey(id), stored.version);
    },
  };
}
