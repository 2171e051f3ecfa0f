import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWatch } from '../../src/compose.ts';
import { quietLog } from '../../src/cli/quiet-log.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { checkCloudClock } from '../../src/usecases/doctor-account.ts';
import { judgeSkew } from '../../src/usecases/doctor-clock.ts';
import { checkStore } from '../../src/usecases/doctor-store.ts';
import { openSandboxCli } from '../helpers/sandbox-cli.ts';

const never = new AbortController().signal;

const skews = [
  { skewMs: 0, state: 'ok' },
  { skewMs: 5_000, state: 'ok' },
  { skewMs: -5_001, state: 'warning' },
  { skewMs: 60_000, state: 'warning' },
  { skewMs: 60_001, state: 'failed' },
  { skewMs: -600_000, state: 'failed' },
];

for (const { skewMs, state } of skews) {
  test(`a clock ${skewMs} ms away is ${state}`, () => {
    assert.equal(judgeSkew('clock', 'the clock', skewMs).state, state);
  });
}

test('which clock is behind is said the right way round', () => {
  assert.match(judgeSkew('clock', 'the cloud', 90_000).detail, /90 s behind the cloud/);
  assert.match(judgeSkew('clock', 'the cloud', -90_000).detail, /90 s ahead of the cloud/);
});

test("a cloud whose clock is two minutes ahead fails the cloud's clock", async () => {
  const sandbox = await startSandbox({ seed: 'small', clockOffsetMillis: 120_000 });
  try {
    await using cli = await openSandboxCli(sandbox);
    const [account] = openWatch(cli.config, quietLog).accounts;
    assert.ok(account);
    assert.equal(checkCloudClock(account).state, 'skipped');

    await account.identity(never);

    const { state, detail } = checkCloudClock(account);
    assert.equal(state, 'failed');
    assert.match(detail, /^this machine is 1(19|20|21) s behind the cloud's clock/);
  } finally {
    await sandbox.close();
  }
});

test("a store whose clock is ahead fails the store's clock", async () => {
  const now = new Date('2026-11-22T00:00:00Z');
  const store = {
    now: async () => new Date(now.getTime() + 61_000),
    durability: async () =>
      ({ backend: 'redis', survivesProcess: false, survivesMachine: false, detail: 'no' }) as const,
  };

  const checks = await checkStore({ now: () => now }, { kind: 'server', store });

  assert.deepEqual(
    checks.map(({ name, state }) => [name, state]),
    [
      ['store', 'ok'],
      ['clock of the store', 'failed'],
      ['durability', 'warning'],
    ],
  );
});
