import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { openRedis } from '../../../src/adapters/redis/open.ts';
import { quietLog } from '../../helpers/store.ts';

/** A server that speaks just enough of the protocol to be a Redis of any version; `fsynced` is what WAITAOF answers. */
async function scriptedRedis(script: {
  version: string;
  config: 'told' | 'denied';
  fsynced: number;
}) {
  const seen: string[] = [];
  const info = `redis_version:${script.version}\r\nloading:0\r\n`;
  const settings: Record<string, string> = { appendonly: 'yes', appendfsync: 'everysec' };
  const answer = (command: readonly string[]): string => {
    const verb = (command[0] ?? '').toUpperCase();
    seen.push(verb);
    switch (verb) {
      case 'HELLO':
        return '-NOPROTO unsupported protocol version\r\n';
      case 'INFO':
        return `$${info.length}\r\n${info}\r\n`;
      case 'CONFIG': {
        if (script.config === 'denied') return '-NOPERM this user has no permissions\r\n';
        const value = settings[command[2] ?? ''];
        return value === undefined ? '*0\r\n' : `*2\r\n+${command[2]}\r\n+${value}\r\n`;
      }
      case 'EVAL':
        return '+appended\r\n';
      case 'WAITAOF':
        return `*2\r\n:${script.fsynced}\r\n:0\r\n`;
      default:
        return '+OK\r\n';
    }
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let read = takeCommand(text); read !== null; read = takeCommand(text)) {
        text = read.rest;
        socket.write(answer(read.command));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `redis://127.0.0.1:${address.port}`, seen, close };
}

/** The first whole command in the text, which is an array of bulk strings of single-byte characters. */
function takeCommand(text: string): { command: string[]; rest: string } | null {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return null;
  let rest = text.slice(head[0].length);
  const command: string[] = [];
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const bulk = /^\$(\d+)\r\n/.exec(rest);
    if (bulk === null) return null;
    const start = bulk[0].length;
    const end = start + Number(bulk[1]);
    if (rest.length < end + 2) return null;
    command.push(rest.slice(start, end));
    rest = rest.slice(end + 2);
  }
  return { command, rest };
}

async function appendTo(script: Parameters<typeof scriptedRedis>[0]) {
  const server = await scriptedRedis(script);
  const opened = await openRedis({ url: server.url, prefix: '{newleaf}', log: quietLog });
  const appended = await opened.store.append('s', { id: 'a', value: '' }, 0).then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : 'failed'),
  );
  await opened.close();
  await server.close();
  return { appended, waited: server.seen.includes('WAITAOF') };
}

test('from 7.2 on an append waits until the server has it on disk', async () => {
  const { appended, waited } = await appendTo({ version: '7.2.4', config: 'told', fsynced: 1 });

  assert.deepEqual({ appended, waited }, { appended: 'done', waited: true });
});

test('an append that is not on disk in time is not done', async () => {
  const { appended } = await appendTo({ version: '8.0.0', config: 'told', fsynced: 0 });

  assert.equal(appended, 'append to s: not on disk in time');
});

test('an older server is not asked for what it does not know', async () => {
  const { appended, waited } = await appendTo({ version: '7.0.15', config: 'told', fsynced: 0 });

  assert.deepEqual({ appended, waited }, { appended: 'done', waited: false });
});

test('a server that hides its settings is asked, and appends go on whatever it says', async () => {
  const { appended, waited } = await appendTo({ version: '7.4.0', config: 'denied', fsynced: 0 });

  assert.deepEqual({ appended, waited }, { appended: 'done', waited: true });
});
