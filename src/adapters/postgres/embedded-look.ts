import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { askHolder, type Holder } from './data-dir-holder.ts';
import { embeddedDurability } from './durability.ts';
import type { Durability } from '../../ports/store.ts';

/** What the embedded store promises and who holds its folder. The folder is not opened. */
export async function lookAtEmbedded(dataDir: string): Promise<{
  readonly durability: Durability;
  /** Who holds the folder, in words; null when nobody does. */
  readonly holder: string | null;
}> {
  const files = await socketsIn(dataDir);
  const holders = await Promise.all(files.map((file) => holderBehind(dataDir, file)));
  return { durability: embeddedDurability, holder: holders.find((each) => each !== null) ?? null };
}

/** The lock's sockets; a folder that is not there yet is held by nobody. */
async function socketsIn(dataDir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dataDir)).filter((file) => /^lock-[0-9a-f]{16}\.sock$/.test(file));
  } catch {
    return [];
  }
}

/** A socket's path may have about 100 bytes. */
const longestPath = 100;

async function holderBehind(dataDir: string, file: string): Promise<string | null> {
  const whole = join(dataDir, file);
  const near = relative(process.cwd(), whole);
  const path = near.length < whole.length ? near : whole;
  if (Buffer.byteLength(path) > longestPath)
    return 'perhaps a process: the path is too long to ask';
  const holder = await askHolder(path);
  return holder?.holds === true ? inWords(holder) : null;
}

function inWords({ pid, host, since }: Holder): string {
  if (pid === null) return 'a process that does not say who it is';
  return `process ${pid} on ${host ?? 'this machine'}${since === null ? '' : ` since ${since}`}`;
}
