import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { RotationDocument } from '../../src/api/rotation.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { openReceiver, receiverSecret } from '../helpers/alert-receiver.ts';
import { type DaemonProcess, openStage, type Stage } from '../helpers/processes.ts';
import { listenerId, newId } from '../helpers/rotation-flows.ts';
import { boundDefault, order } from '../helpers/sandbox-control.ts';

/** Writes the configuration as it should be from now on. */
async function change(
  { configFile }: Stage,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const before = parse(await readFile(configFile, 'utf8'));
  await writeFile(configFile, stringify({ ...before, ...settings }));
}

const keyOf = ({ listenerId: id, certificateId }: ScanDocument['bindings'][number]): string =>
  `${id} ${certificateId}`;

/** Resolves when one more scan has ended. */
async function nextScan({ log }: DaemonProcess): Promise<void> {
  const count = (): number => log.filter(({ msg }) => msg === 'scan ended').length;
  const before = count();
  while (count() === before) await pause(50);
}

test('a second daemon is refused by name, and a hang-up takes new rules only when they can be read', async () => {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');

  const second = await stage.newleaf('run');

  assert.equal(second.code, 1);
  assert.match(second.err, /^newleaf: take \S+: process \d+ on \S+ holds it since \S+\n$/);
  const holder = Number(/process (\d+)/.exec(second.err)?.[1]);
  await change(stage, { defaults: { mode: 'everything' } });
  process.kill(holder, 'SIGHUP');
  const kept = await daemon.logged('configuration not read again: the earlier one stays in force');
  assert.match(String(kept['reason']), /newleaf\.yaml:\d+: defaults\.mode: /);

  await change(stage, { defaults: { mode: 'observe' }, http: { listen: '127.0.0.1:1' } });
  process.kill(holder, 'SIGHUP');
  await daemon.logged('configuration read again: rules, windows and routes are in force');
  const { keys } = await daemon.logged('these settings have changed and need a restart');
  assert.deepEqual(keys, ['http']);
  const refused = await stage.newleaf('rotate', listenerId);
  assert.equal(refused.code, 5);
  assert.match(refused.out, /^refused: .*observe/);
  assert.equal(await daemon.stop(), 0);
});

test('told to stop in the middle of a rotation it hands over in time, and the next start finishes it', async () => {
  const verify = { deadline: '5m', rounds: 2, gap: '100ms', settle: '1s' };
  await using stage = await openStage({ sandbox: { seed: 'small' }, config: { verify } });
  const { sandbox } = stage;
  // A zone that is late keeps the proof waiting for as long as the daemon lets it.
  await order(sandbox, { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId });
  const first = await stage.daemon();
  await first.logged('scan ended');
  const asked = await stage.newleaf('rotate', listenerId, '--json');
  const { rotationId } = await first.logged('rotation moved on', { phase: 'verifying' });

  const begun = performance.now();
  const code = await first.stop();

  assert.equal(asked.code, 0, asked.err);
  assert.equal(code, 0);
  assert.ok(performance.now() - begun < 30_000);
  assert.equal(first.log.at(-1)?.['msg'], 'stopped');
  assert.equal(await boundDefault(sandbox, listenerId), newId);
  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
  const next = await stage.daemon();
  await next.logged('rotation closed', { rotationId, outcome: 'committed' });
  const shown = await stage.newleaf('show', String(rotationId), '--json');
  const { journal } = RotationDocument.parse(JSON.parse(shown.out));
  assert.equal(journal.filter(({ kind }) => kind === 'intended').length, 1);
  assert.equal(await next.stop(), 0);
});

test('what cannot be read is named in one alert each, and the rest is watched as ever', async () => {
  await using receiver = await openReceiver();
  await using stage = await openStage({
    sandbox: { seed: 'small' },
    config: {
      schedule: { scan: '*/2 * * * * *', tick: '1s' },
      sinks: { team: { kind: 'webhook', url: receiver.url, secret: receiverSecret } },
    },
  });
  const { sandbox } = stage;
  const [main] = parse(await readFile(stage.configFile, 'utf8')).accounts;
  const credentials = { ...main.credentials, accessKeySecret: 'not-the-secret' };
  const stranger = { ...main, name: 'stranger', credentials };
  const regions = ['cn-hangzhou', 'ap-southeast-1'];
  await change(stage, { accounts: [{ ...main, regions }, stranger] });
  const always = { kind: 'answer', times: 'always' };
  const denied = { action: 'ListListenerCertificates', region: 'cn-hangzhou' };
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');
  const before = await stage.newleaf('status', '--json');
  const { bindings: known } = ScanDocument.parse(JSON.parse(before.out));

  await order(sandbox, { ...always, ...denied, code: 'Forbidden.RAM', status: 403 });
  await order(sandbox, { ...always, action: '*', region: 'ap-southeast-1', body: 'html-502' });
  const named = [
    /^missing\/stranger\/cn-hangzhou\/\S*SignatureDoesNotMatch/,
    /^missing\/main\/cn-hangzhou\/Forbidden\.RAM/,
    /^missing\/main\/ap-southeast-1\/cloud\.\w+/,
  ];
  for (const key of named) await receiver.got(({ data }) => key.test(data.key));

  const status = await stage.newleaf('status', '--json');
  const { bindings, missing } = ScanDocument.parse(JSON.parse(status.out));
  assert.deepEqual(bindings.map(keyOf), known.map(keyOf));
  assert.ok(bindings.length > 0);
  assert.ok(missing.some(({ account }) => account === 'stranger'));
  assert.ok(missing.some(({ action }) => action === denied.action));
  assert.ok(missing.some(({ region }) => region === 'ap-southeast-1'));
  // Another scan finds the same, and says nothing twice. On a busy machine a call may time out, which is a cause of its own.
  await nextScan(daemon);
  const told = receiver.events
    .map(({ data }) => data.key)
    .filter((key) => key.startsWith('missing'));
  assert.equal(new Set(told).size, told.length, told.join(' '));
});
