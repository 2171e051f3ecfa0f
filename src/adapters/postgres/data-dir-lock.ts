import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, rm, symlink, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NewleafError } from '../../domain/errors.ts';
import { askHolder, type Holder } from './data-dir-holder.ts';

/** A held folder. */
export interface DataDirLock {
  release(): Promise<void>;
}

const socketName = /^lock-[0-9a-f]{16}\.sock$/;

/** How long two processes that start together look at each other before both are refused. */
const contest = { rounds: 40, pause: 50, silentRounds: 3 } as const;

/**
 * Takes the folder for this process, making it if need be. Rejects with `data-dir.locked`, naming the holder, while another
 * process has it. The lock is a listening Unix socket in the folder: the kernel closes it with its process, even on SIGKILL, so
 * a socket that answers is held and one that refuses is left over. Pid files cannot tell that across containers. Everybody
 * listens first, under a name of their own, and looks at the others afterwards; so of two at least one sees the other.
 * It protects on one machine; a folder that two machines mount is not safe to share anyway.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const way = await shortWay(resolve(dataDir));
  const name = `lock-${randomBytes(8).toString('hex')}.sock`;
  const facts = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  const state: { holds: boolean } = { holds: false };
  const server = await listen(join(way.path, name), () => ({ ...facts, name, ...state }));
  const release = async (): Promise<void> => {
    await new Promise((done) => server.close(done));
    await way.remove();
  };
  try {
    await outlast(dataDir, way.path, name);
    state.holds = true;
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** Resolves once nobody else is there; of two newcomers the one with the lower name stays. */
async function outlast(dataDir: string, path: string, name: string): Promise<void> {
  for (let round = 0; ; round += 1) {
    const others = (await readdir(path)).filter((file) => socketName.test(file) && file !== name);
    const answers = await Promise.all(
      others.map(async (file) => ({ file, holder: await askHolder(join(path, file)) })),
    );
    const alive = answers.flatMap(({ file, holder }) =>
      holder === null ? [] : [{ file, holder }],
    );
    const [first] = alive;
    if (first === undefined) return takeOver(dataDir, path, { name, leftOvers: others });
    // Whoever is just leaving may hang up on us: only one that stays silent counts as there.
    const counted = alive.filter(
      ({ holder }) => holder.pid !== null || round >= contest.silentRounds,
    );
    const yields = counted.some(({ file, holder }) => holder.holds || file < name);
    if (yields || round >= contest.rounds) throw lockedBy(dataDir, first.holder);
    await delay(contest.pause);
  }
}

/** Only whoever holds the folder tidies it, so nobody loses their socket to a newcomer that is leaving again. */
async function takeOver(
  dataDir: string,
  path: string,
  { name, leftOvers }: { readonly name: string; readonly leftOvers: readonly string[] },
): Promise<void> {
  try {
    await access(join(path, name));
  } catch (error) {
    throw new NewleafError('data-dir.locked', `take ${dataDir}: another process took it just now`, {
      cause: error,
    });
  }
  await Promise.all(leftOvers.map((file) => unlink(join(path, file)).catch(() => undefined)));
}

/** A socket's path may have about 100 bytes: a longer folder is reached through a link in the temporary folder. */
async function shortWay(dataDir: string): Promise<{ path: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(join(dataDir, `lock-${'0'.repeat(16)}.sock`)) <= 100)
    return { path: dataDir, remove: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'newleaf-'));
  const path = join(folder, 'd');
  await symlink(dataDir, path);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Listens without keeping the process alive, and tells everybody who connects who we are. */
function listen(path: string, facts: () => Holder): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setTimeout(1000, () => socket.destroy());
    socket.end(`${JSON.stringify(facts())}\n`);
  });
  return new Promise((done, fail) => {
    server.once('error', (cause) => {
      const message = `lock ${path}: its file system cannot hold a lock; choose a local folder`;
      fail(new NewleafError('config.invalid', message, { cause }));
    });
    server.listen(path, () => {
      server.unref();
      done(server);
    });
  });
}

function lockedBy(dataDir: string, { pid, host, since }: Holder): NewleafError {
  const who = pid === null ? 'a process that does not answer' : `process ${pid} on ${host}`;
  const when = since === null ? '' : ` since ${since}`;
  return new NewleafError('data-dir.locked', `take ${dataDir}: ${who} holds it${when}`, {
    fields: { dataDir, pid, host, since },
  });
}
