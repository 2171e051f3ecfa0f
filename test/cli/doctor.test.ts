import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, afterEach, before, test, type TestContext } from 'node:test';
import { lockDataDir } from '../../src/adapters/postgres/data-dir-lock.ts';
import { DoctorDocument } from '../../src/api/doctor.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { freePort, hasRedis, startRedis } from '../helpers/redis.ts';
import { openSandboxCli, type SandboxCli } from '../helpers/sandbox-cli.ts';
import { order } from '../helpers/sandbox-control.ts';

let sandbox: RunningSandbox;
let cli: SandboxCli;

before(async () => {
  sandbox = await startSandbox({ seed: 'small', jobMillis: 20, propagationMillis: 0 });
  cli = await openSandboxCli(sandbox);
});

afterEach(() => fetch(`${sandbox.control}/faults`, { method: 'DELETE' }));

after(async () => {
  await cli[Symbol.asyncDispose]();
  await sandbox.close();
});

type Check = DoctorDocument['checks'][number];

async function checksOf(
  from: SandboxCli,
): Promise<{ readonly code: number; readonly named: (name: string) => Check }> {
  const { code, out } = await from.run('doctor', '--json');
  const { checks } = DoctorDocument.parse(JSON.parse(out));
  return {
    code,
    named: (name) => {
      const found = checks.find((check) => check.name === name);
      assert.ok(found, `no check ${name}`);
      return found;
    },
  };
}

/** Something that answers HTTP; resolves to its `host:port`. */
async function listener(t: TestContext, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

function health(ready: boolean): string {
  const checks = [{ name: 'store', ok: ready, detail: ready ? '' : 'the store is away' }];
  return JSON.stringify({
    ready,
    version: '9.9.9',
    startedAt: new Date().toISOString(),
    scanEverySeconds: 21_600,
    skewSeconds: null,
    checks,
  });
}

test('doctor prints a line for every check and what to do, and exits with 0 on warnings', async () => {
  const { code, out } = await cli.run('doctor');

  assert.equal(code, 0);
  assert.match(out, /^ok +identity main +account \d+ as acs:ram::/m);
  assert.match(out, /^skipped +main cn-hangzhou UpdateListenerAttribute +every policy observes/m);
  assert.match(out, /^ok +store +embedded in .*data, nobody holds it now$/m);
  assert.match(out, /^warning +durability .*\n +→ .*store\.url/m);
  assert.match(out, /^warning +daemon +not running at http:\/\/127\.0\.0\.1:\d+\n +→ start it/m);
  assert.match(out, /nothing failed; 2 warnings, \d+ skipped\n$/);
});

test('a denied action makes doctor exit with 1', async () => {
  const code = 'Forbidden.NoPermission';
  await order(sandbox, {
    kind: 'answer',
    action: 'ListListenerCertificates',
    code,
    times: 'always',
  });

  const told = await cli.run('doctor');

  assert.equal(told.code, 1);
  assert.match(told.out, /^failed +main cn-hangzhou ListListenerCertificates +denied with/m);
  assert.match(told.out, /→ allow nlb:ListListenerCertificates in the RAM policy/);
});

test('a policy that may rotate has the writes tried as dry runs', async () => {
  await using rotating = await openSandboxCli(sandbox, { defaults: { mode: 'approve' } });

  const { named } = await checksOf(rotating);

  const check = named('main cn-hangzhou UpdateListenerAttribute');
  assert.equal(check.state, 'ok');
  assert.match(check.detail, /^dry run answered ResourceAlreadyAssociated/);
});

test('a data folder that a daemon holds is left alone, and its holder is named', async () => {
  const lock = await lockDataDir(cli.config.dataDir);
  try {
    const { named } = await checksOf(cli);

    assert.match(named('store').detail, new RegExp(`held by process ${process.pid} on `));
  } finally {
    await lock.release();
  }
});

test('a configuration that is not valid is the one failed check', async () => {
  const broken = join(cli.dir, 'broken.yaml');
  await writeFile(broken, 'probe: { vantages: {} }\n');

  const { code, out } = await cli.run('--config', broken, 'doctor', '--json');

  const { ok, checks } = DoctorDocument.parse(JSON.parse(out));
  assert.deepEqual([code, ok, checks.length], [1, false, 1]);
  assert.equal(checks[0]?.state, 'failed');
  assert.match(checks[0]?.detail ?? '', /vantages/);
});

const answers = [
  {
    name: 'a daemon that is ready is ok',
    status: 200,
    body: health(true),
    state: 'ok',
    says: /9\.9\.9/,
  },
  {
    name: 'a daemon that is not ready fails with its complaints',
    status: 503,
    body: health(false),
    state: 'failed',
    says: /the store is away/,
  },
  {
    name: "something else at the daemon's address fails",
    status: 200,
    body: '<html>',
    state: 'failed',
    says: /no newleaf daemon/,
  },
];

for (const { name, status, body, state, says } of answers) {
  test(name, async (t) => {
    const listen = await listener(t, status, body);
    await using own = await openSandboxCli(sandbox, { http: { listen } });

    const { named } = await checksOf(own);

    assert.equal(named('daemon').state, state);
    assert.match(named('daemon').detail, says);
  });
}

test('a store that is away fails, and the rest is looked at', async () => {
  const store = { url: `redis://127.0.0.1:${await freePort()}` };
  await using away = await openSandboxCli(sandbox, { store });

  const { code, named } = await checksOf(away);

  assert.equal(code, 1);
  assert.equal(named('store').state, 'failed');
  assert.equal(named('identity main').state, 'ok');
});

test('a Redis that syncs every write is durable', { skip: !hasRedis }, async () => {
  const redis = await startRedis();
  try {
    await using own = await openSandboxCli(sandbox, { store: { url: redis.url } });

    const { named } = await checksOf(own);

    assert.deepEqual(
      ['store', 'clock of the store', 'durability'].map((name) => named(name).state),
      ['ok', 'ok', 'ok'],
    );
    assert.equal(named('store').detail, 'redis answers');
  } finally {
    await redis.dispose();
  }
});

test('a person at a terminal sees what is being looked at', async () => {
  const { err } = await cli.watched('doctor');

  assert.match(err, /trying the actions of account main/);
  assert.ok(err.endsWith('\r\u001B[K'));
});
