import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertDocument, AlertsDocument } from '../../src/api/alert.ts';
import { alertDesk } from '../../src/web/alert-desk.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { listAudit } from '../../src/usecases/audit/read.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import {
  aBinding,
  type AlertWorld,
  alertWorld,
  expiring,
  missing,
  steady,
  TestSink,
} from '../helpers/alerts.ts';
import { aTrail, sha256 } from '../helpers/audit.ts';
import { after, days, today } from '../helpers/facts.ts';
import { against } from '../helpers/daemon-cli.ts';
import { reader } from '../helpers/desk.ts';

const expiringKey = 'expiring/main/cn-hangzhou/101-cn-hangzhou';

/** An expired certificate, a gap, and a gap that is over; all told to the sink. */
async function aWorld(): Promise<AlertWorld> {
  const world = alertWorld([new TestSink('team')]);
  const inFrankfurt = aBinding({ ref: { ...aBinding().ref, region: 'eu-central-1' } });
  const expired = expiring('expired', {
    kind: 'expired',
    notAfter: after(today, -days(3)),
    bindings: [aBinding(), inFrankfurt],
  });
  await createAlerts(world).update([expired, missing('a'), missing('over')], {
    covers: () => true,
  });
  await deliver(world, 'team', steady);
  await createAlerts(world).withdraw('missing/main/over');
  return world;
}

async function ask(world: AlertWorld, line: string, who?: typeof reader) {
  return against(alertDesk(world, aTrail(world.store)), line, who);
}

async function keysOf(world: AlertWorld, line: string): Promise<readonly string[]> {
  const { code, out } = await ask(world, `${line} --json`, reader);
  assert.equal(code, 0);
  return AlertsDocument.parse(JSON.parse(out)).alerts.map(({ key }) => key);
}

test('alerts shows what fires, the worst first, and how to take it on', async () => {
  const { code, out } = await ask(await aWorld(), 'alerts', reader);

  assert.equal(code, 0);
  assert.equal(
    out,
    [
      'ID        SEVERITY  SINCE              STATE      WHAT                                                      KEY',
      'a620f3b4  expired   2026-11-22T00:00Z  announced  Certificate shop.example.com expired 3 days ago           expiring/main/cn-hangzhou/101-cn-hangzhou',
      'a1207233  warning   2026-11-22T00:00Z  announced  cn-hangzhou of account main could not be read completely  missing/main/a',
      '',
      '2 alerts are not acknowledged: newleaf ack ID',
      '',
    ].join('\n'),
  );
});

test('what is over is shown on request, and filters leave what was asked for', async () => {
  const world = await aWorld();
  const gap = 'missing/main/a';

  assert.deepEqual(await keysOf(world, 'alerts'), [expiringKey, gap]);
  assert.deepEqual(await keysOf(world, 'alerts --all'), [expiringKey, gap, 'missing/main/over']);
  assert.deepEqual(await keysOf(world, 'alerts --severity warning,critical'), [gap]);
  assert.deepEqual(await keysOf(world, 'alerts --kind expired'), [expiringKey]);
  assert.deepEqual(await keysOf(world, 'alerts --region eu-central-1'), [expiringKey]);
  assert.deepEqual(await keysOf(world, 'alerts --account main --kind missing'), [gap]);
  assert.deepEqual(await keysOf(world, 'alerts --account other'), []);
});

test('an empty list says why it is empty', async () => {
  const quiet = alertWorld([new TestSink('team')]);

  assert.equal((await ask(quiet, 'alerts', reader)).out, 'nothing fires\n');
  assert.equal((await ask(quiet, 'alerts --all', reader)).out, 'no alert is remembered\n');
  assert.equal(
    (await ask(await aWorld(), 'alerts --severity info', reader)).out,
    'none of 2 alerts is like that\n',
  );
});

test('a word that is no severity or kind is a wrong command line that names the right ones', async () => {
  const world = await aWorld();

  const severity = await ask(world, 'alerts --severity bad', reader);
  const kind = await ask(world, 'alerts --kind expire', reader);

  assert.deepEqual([severity.code, kind.code], [2, 2]);
  assert.match(severity.err, /there is no bad; use info, warning, critical, expired/);
  assert.match(kind.err, /there is no expire; use expiring, expired, /);
});

test('ack takes an alert on by its id, with a note, and alerts shows who has', async () => {
  const world = await aWorld();

  const done = await ask(world, 'ack a620f3b4 --note renewing');
  const { rows } = await listAudit({ audit: aTrail(world.store), sha256 }, {}, 10);
  const shown = await ask(world, 'alerts', reader);

  assert.equal(done.code, 0);
  assert.deepEqual(
    rows.map(({ actor, action, facts }) => [actor, action, facts]),
    [['ada', 'alert.acknowledged', { alert: expiringKey, note: 'renewing' }]],
  );
  assert.equal(
    done.out,
    'a620f3b4 acknowledged by ada: Certificate shop.example.com expired 3 days ago. It is not repeated until it gets worse or ends.\n',
  );
  assert.match(shown.out, /acknowledged by ada .*\n.*\n\n1 alert is not acknowledged: /);
  assert.deepEqual(await keysOf(world, 'alerts --unacknowledged'), ['missing/main/a']);
});

test('ack --json prints the alert as it is then', async () => {
  const { out } = await ask(await aWorld(), 'ack missing/main/a --json');

  const alert = AlertDocument.parse(JSON.parse(out));
  assert.deepEqual(alert.acknowledged, { by: 'ada', at: today.toISOString(), note: '' });
});

test('ack says in one line why it could not', async () => {
  const world = await aWorld();

  const unknown = await ask(world, 'ack nothing');
  const over = await ask(world, 'ack missing/main/over');
  const weak = await ask(world, 'ack missing/main/a', reader);

  assert.deepEqual([unknown.code, over.code, weak.code], [1, 1, 1]);
  assert.equal(unknown.err, 'newleaf: no alert fires under nothing: newleaf alerts lists them\n');
  assert.match(over.err, /^newleaf: no alert fires under missing\/main\/over: /);
  assert.match(weak.err, /^newleaf: [^\n]+\n$/);
});

test('ack names what an ambiguous name may mean', async () => {
  const world = alertWorld([new TestSink('team')]);
  const gaps = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((each) => missing(each));
  await createAlerts(world).update(gaps, { covers: () => true });

  const { code, err } = await ask(world, 'ack missing/');

  assert.equal(code, 1);
  assert.equal(
    err,
    'newleaf: missing/ may mean missing/main/a, missing/main/b, missing/main/c, missing/main/d, missing/main/e and 2 more: give more of it\n',
  );
});
