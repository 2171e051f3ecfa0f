import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Desk } from '../../src/web/desk.ts';
import { openFolder, runCli } from '../helpers/cli.ts';
import { against, machine } from '../helpers/daemon-cli.ts';
import {
  aBindingDocument,
  aDesk,
  aRolledBackRotation,
  healthy,
  nothingDue,
  openServer,
  operator,
  reader,
} from '../helpers/desk.ts';
import { freePort } from '../helpers/redis.ts';

const takenAt = '2026-11-22T10:00:00.000Z';

test('status asks the daemon and prints its document, or the table and what is wrong with it', async () => {
  const document = { takenAt, bindings: [aBindingDocument()], missing: [] };
  const checks = [{ name: 'sinks', ok: false, detail: 'no sink accepts alerts' }];
  const desk: Partial<Desk> = {
    status: async () => document,
    health: async () => ({ ...healthy, checks }),
  };

  const json = await against(desk, 'status --json', reader);
  const words = await against(desk, 'status', reader);

  assert.deepEqual([json.code, words.code], [0, 0]);
  assert.deepEqual(JSON.parse(json.out), document);
  assert.match(words.out, /^LEFT .*\n.*www\.example\.com.*\nsinks: no sink accepts alerts\n$/s);
});

test('a daemon that is not there is named, with what to do', async () => {
  await using folder = await openFolder();
  const url = `http://127.0.0.1:${await freePort()}`;
  const file = await machine(folder, url, 'whatever');

  const { code, out, err } = await runCli(['-c', file, 'plan']);

  assert.deepEqual([code, out], [1, '']);
  assert.equal(
    err,
    `newleaf: cannot reach the daemon at ${url}: start it with newleaf run, or set NEWLEAF_URL\n`,
  );
});

test('a command that asks the daemon needs none of the secrets that the configuration names', async () => {
  await using folder = await openFolder();
  await using server = await openServer(aDesk({}));
  await machine(folder, server.url, operator.token);
  const file = await folder.config({
    dataDir: join(folder.dir, 'data'),
    http: { listen: new URL(server.url).host },
    sinks: {
      oncall: { kind: 'webhook', url: '${NOT_SET_HERE}', secret: 'file:/not/for/you' },
      pager: { kind: 'pagerduty', routingKey: '${NOT_SET_HERE}' },
    },
  });

  const { code, err } = await runCli(['-c', file, 'freeze', 'list']);

  assert.deepEqual([code, err], [0, '']);
});

test('without a token file the command says where it looked', async () => {
  await using folder = await openFolder();
  const file = await machine(folder, 'http://127.0.0.1:9', null);

  const { code, err } = await runCli(['-c', file, 'status']);

  assert.equal(code, 1);
  assert.match(
    err,
    /^newleaf: cannot read the daemon's token from .*\/data\/token: set NEWLEAF_TOKEN.*\n$/,
  );
});

test('a wrong token and one that may only read are refused in one line', async () => {
  const wrong = await against({}, 'status', { token: 'guessed' });
  const weak = await against({}, 'rotate lsn-1@443', reader);

  assert.deepEqual([wrong.code, weak.code], [1, 1]);
  assert.match(wrong.err, /^newleaf: this daemon does not know the token.*NEWLEAF_URL.*\n$/);
  assert.match(weak.err, /^newleaf: the token grafana may only read.*\n$/);
});

test('an unknown rotation is named', async () => {
  const { code, err } = await against({}, 'show r%2F..9');

  assert.equal(code, 1);
  assert.equal(err, 'newleaf: no rotation is called r%2F..9: newleaf rotations lists them\n');
});

test('a slot that there is not is a wrong command line', async () => {
  const { code, err } = await against({}, 'rotate lsn-1@443 --slot second');

  assert.equal(code, 2);
  assert.match(err, /Allowed choices are default, additional, ca/);
});

test('before the first scan has ended plan does not claim that nothing is due', async () => {
  const nothingKnown = { takenAt: null, bindings: [], missing: [] };

  const { code, out } = await against({ status: async () => nothingKnown }, 'plan');

  assert.equal(code, 0);
  assert.match(out, /^no scan has ended yet: /);
  assert.doesNotMatch(out, /nothing is due/);
});

test('something else that listens there is no daemon, and a cut answer is no answer', async () => {
  const cut = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"takenAt"';
  await using folder = await openFolder();
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/plan') === true) request.socket.end(cut);
    else response.end('<html>hello</html>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const file = await machine(folder, `http://127.0.0.1:${port}`, 'token');

  const other = await runCli(['-c', file, 'status']);
  const short = await runCli(['-c', file, 'plan']);
  server.close();

  assert.deepEqual([other.code, short.code], [1, 1]);
  assert.match(other.err, /^newleaf: the daemon answered 200 with something this release does not/);
  assert.match(short.err, /^newleaf: cannot reach the daemon at .*\n$/);
});

test('rotate without --wait tells how to follow it; a refusal is exit 5 with its reason', async () => {
  const reason = 'the policy observes only';
  const refusing: Partial<Desk> = {
    rotate: async () => ({ state: 'refused', requestId: null, reason }),
  };

  const started = await against({}, 'rotate lsn-1@443 --reason because');
  const refused = await against(refusing, 'rotate lsn-1@443');
  const json = await against(refusing, 'rotate lsn-1@443 --json --wait');

  assert.deepEqual([started.code, refused.code, json.code], [0, 5, 5]);
  assert.equal(started.out, 'rotation r-1 is under way: newleaf show r-1\n');
  assert.equal(refused.out, `refused: ${reason}\n`);
  assert.deepEqual(JSON.parse(json.out), { state: 'refused', requestId: null, reason });
});

test('rotate --wait that waits for a window or a person ends with 6 and says for what', async () => {
  const reason = 'the window nights opens on Monday';
  const rotate: Desk['rotate'] = async () => ({ state: 'waiting', requestId: 'q-1', reason });

  const { code, out } = await against({ rotate }, 'rotate lsn-1@443 --wait');

  assert.equal(code, 6);
  assert.equal(out, `request q-1 waits: ${reason}\n`);
});

test('rotate --wait follows a rotation from its request on; its events go to standard error', async () => {
  const document = await aRolledBackRotation();
  const states = [null, document.rotationId];
  const desk: Partial<Desk> = {
    rotate: async () => ({ state: 'waiting', requestId: 'q-1', reason: null }),
    request: async (requestId) => {
      const rotationId = states.shift() ?? null;
      if (rotationId === null) return { state: 'waiting', requestId, reason: null };
      return { state: 'rotation', requestId, rotationId };
    },
    rotation: async () => document,
  };

  const { code, out, err } = await against(desk, 'rotate lsn-1@443 --wait --json');

  assert.equal(code, 3);
  assert.deepEqual(JSON.parse(out), document);
  assert.equal(err.trimEnd().split('\n').length, document.journal.length);
});

test('resolve and approve send what the operator said and print what came of it', async () => {
  const document = await aRolledBackRotation();
  const said: unknown[] = [];
  const desk: Partial<Desk> = {
    approve: async (caller, hash) => {
      said.push([caller.name, hash]);
      return { kind: 'done', document: nothingDue };
    },
    resolve: async (caller, rotationId, body) => {
      said.push([caller.name, rotationId, body]);
      return { kind: 'done', document };
    },
  };

  const approved = await against(desk, 'approve abc');
  const resolved = await against(desk, 'resolve r1 --as old --note looked');

  assert.deepEqual([approved.code, approved.out], [0, 'nothing is due\n']);
  assert.deepEqual([resolved.code, resolved.out.startsWith('rotation r1')], [0, true]);
  assert.deepEqual(said, [
    ['ada', 'abc'],
    ['ada', 'r1', { as: 'old', note: 'looked' }],
  ]);
});
