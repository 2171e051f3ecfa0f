import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Desk } from '../../src/web/desk.ts';
import { type Folder, openFolder, runCli } from './cli.ts';
import { aDesk, openServer, operator } from './desk.ts';
import type { Ran } from './processes.ts';

/** The configuration of a machine on which a daemon listens there, and its token if there is one. */
export async function machine(folder: Folder, url: string, token: string | null): Promise<string> {
  const dataDir = join(folder.dir, 'data');
  await mkdir(dataDir, { recursive: true });
  if (token !== null) await writeFile(join(dataDir, 'token'), `${token}\n`);
  return folder.config({ dataDir, http: { listen: new URL(url).host } });
}

/** Runs commands against a daemon that knows only what its desk says. */
export async function against(
  desk: Partial<Desk>,
  line: string,
  { token }: { readonly token: string } = operator,
): Promise<Ran> {
  await using folder = await openFolder();
  await using server = await openServer(aDesk(desk));
  const file = await machine(folder, server.url, token);
  return await runCli(['-c', file, ...line.split(' ')]);
}
