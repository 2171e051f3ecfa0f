import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { type Folder, openFolder } from '../helpers/cli.ts';
import { main } from '../helpers/main.ts';

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // One that does not end by itself ends without an exit code.
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; err: string }> {
  let err = '';
  child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
  child.stdout?.resume();
  await once(child, 'close');
  return { code: child.exitCode, err };
}

/** A configuration for a daemon that has nothing to reach. */
const alone = (folder: Folder, settings: Readonly<Record<string, unknown>>): Promise<string> =>
  folder.config({
    accounts: [
      {
        name: 'main',
        credentials: { accessKeyId: 'a', accessKeySecret: 's' },
        regions: ['cn-hangzhou'],
      },
    ],
    cloud: {
      endpoints: { nlb: { 'cn-hangzhou': '127.0.0.1:9' }, cas: { 'cn-hangzhou': '127.0.0.1:9' } },
    },
    dataDir: 'data',
    ...settings,
  });

test('a reader that goes away, as head does, is no error', async () => {
  const child = start(['config', 'schema']);
  child.stdout?.destroy();

  const { code, err } = await ended(child);

  assert.deepEqual([code, err], [0, '']);
});

test('a mistake in the configuration ends the daemon before it has made anything', async () => {
  await using folder = await openFolder();
  const file = await folder.config('dataDir: data\ntypo: 1\n');

  const { code, err } = await ended(start(['run', '--config', file]));

  assert.equal(code, 1);
  assert.match(err, /^newleaf: .*newleaf\.yaml:2: typo: unknown key .*\n$/);
  assert.deepEqual(await readdir(folder.dir), ['newleaf.yaml']);
});

test('an address that is taken ends the daemon in one line, with nothing left open', async () => {
  await using folder = await openFolder();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const listen = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  // A connection that is tried again and again would keep the process alive for ever.
  const store = { url: 'redis://127.0.0.1:1' };
  const file = await alone(folder, { store, http: { listen } });

  const { code, err } = await ended(start(['run', '--config', file]));
  taken.close();

  assert.equal(code, 1);
  assert.equal(
    err,
    `newleaf: cannot listen on ${listen} (EADDRINUSE): is another newleaf running?\n`,
  );
});

test('a data folder that cannot be one ends the daemon in one line that names it', async () => {
  await using folder = await openFolder();
  const file = await alone(folder, { dataDir: 'newleaf.yaml', http: { listen: '127.0.0.1:0' } });

  const { code, err } = await ended(start(['run', '--config', file]));

  assert.equal(code, 1);
  assert.match(err, /^newleaf: .*newleaf\.yaml.*\n$/);
});
