import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Durability } from '../../ports/store.ts';

/** What the server says about keeping its data. A null setting is one that it does not tell (`CONFIG` is forbidden). */
export interface Persistence {
  readonly version: string;
  readonly appendonly: boolean | null;
  readonly appendfsync: string | null;
  readonly maxmemoryPolicy: string | null;
}

const pairs = z.array(z.string());

/** Asks the server. Rejects only when the server cannot be asked for its version. */
export async function readPersistence(client: Redis): Promise<Persistence> {
  const info = await client.info('server');
  const settings = await readSettings(client);
  const appendonly = settings.get('appendonly');
  return {
    version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? '0',
    appendonly: appendonly === undefined ? null : appendonly === 'yes',
    appendfsync: settings.get('appendfsync') ?? null,
    maxmemoryPolicy: settings.get('maxmemory-policy') ?? null,
  };
}

/** Managed servers often forbid `CONFIG`: then nothing is known, which is not the same as nothing is kept. */
async function readSettings(client: Redis): Promise<ReadonlyMap<string, string>> {
  const names = ['appendonly', 'appendfsync', 'maxmemory-policy'];
  const replies = await Promise.all(
    names.map(async (name) => {
      try {
        return pairs.parse(await client.config('GET', name));
      } catch (error) {
        if (error instanceof Error && error.name === 'ReplyError') return [];
        throw error;
      }
    }),
  );
  return new Map(
    replies.flatMap(([name, value]) =>
      name === undefined || value === undefined ? [] : [[name, value]],
    ),
  );
}

/** Whether a journal append can wait for the disk: `WAITAOF` came with 7.2 and needs an append-only file that is synced. */
export function canWaitForDisk({ version, appendonly, appendfsync }: Persistence): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major > 7 || (major === 7 && minor >= 2)) && appendonly !== false && appendfsync !== 'no';
}

/** `detail` names each setting that stands in the way, and what it should be. */
export function durabilityOf(persistence: Persistence): Durability {
  const { appendonly, appendfsync, maxmemoryPolicy } = persistence;
  const isSynced = appendfsync === 'always' || canWaitForDisk(persistence);
  const keepsAll = maxmemoryPolicy === null || maxmemoryPolicy === 'noeviction';
  const problems = [
    fileProblem(appendonly, isSynced, appendfsync),
    keepsAll ? null : `maxmemory-policy is ${maxmemoryPolicy}: set it to noeviction`,
  ].filter((problem) => problem !== null);
  return {
    backend: 'redis',
    survivesProcess: appendonly === true && keepsAll,
    survivesMachine: appendonly === true && isSynced && keepsAll,
    detail: problems.join('; '),
  };
}

function fileProblem(appendonly: boolean | null, isSynced: boolean, appendfsync: string | null) {
  if (appendonly === null) return 'the server does not tell its settings (CONFIG is forbidden)';
  if (!appendonly) return 'appendonly is off: set it to yes';
  return isSynced ? null : `appendfsync is ${appendfsync}: set it to always`;
}
