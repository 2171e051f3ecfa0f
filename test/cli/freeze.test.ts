import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FreezeBody, FreezeDocument, FreezesDocument } from '../../src/api/freeze.ts';
import type { Desk } from '../../src/web/desk.ts';
import { ask, bearer, writing } from '../web/ask.ts';
import { against } from '../helpers/daemon-cli.ts';
import { aDesk, nothingDue, openServer, reader } from '../helpers/desk.ts';

const sale: FreezeDocument = {
  name: 'sale',
  state: 'in-force',
  from: '2026-11-22T00:00:00.000Z',
  until: '2026-11-24T12:30:00.000Z',
  allowEmergency: false,
  source: 'order',
  orderedBy: 'ada',
  orderedAt: '2026-11-22T00:00:00.000Z',
  reason: 'the big sale',
};

const fair: FreezeDocument = {
  ...sale,
  name: 'fair',
  state: 'coming',
  allowEmergency: true,
  source: 'configuration',
  orderedBy: null,
  orderedAt: null,
  reason: null,
};

/** A desk with one freeze that notes what is ordered. */
function frozen(freezes: readonly FreezeDocument[] = [sale]) {
  const bodies: FreezeBody[] = [];
  const document: FreezesDocument = { freezes: [...freezes] };
  const desk: Partial<Desk> = {
    freezes: async () => document,
    freeze: async (_caller, body) => {
      bodies.push(body);
      return { kind: 'done', document };
    },
    liftFreeze: async (_caller, name) =>
      name === 'sale'
        ? { kind: 'done', document: { freezes: [] } }
        : { kind: 'refused', error: { code: 'request.invalid', message: `no freeze ${name}` } },
  };
  return { desk, bodies, document };
}

test('freeze lists every freeze with who ordered it and why, or says that there is none', async () => {
  const { desk, document } = frozen([sale, fair]);

  const words = await against(desk, 'freeze', reader);
  const json = await against(desk, 'freeze list --json', reader);
  const none = await against({}, 'freeze', reader);

  assert.match(
    words.out,
    /^FREEZE .*\nsale +in force +2026-11-22T00:00Z +2026-11-24T12:30Z +wait +ada +the big sale\nfair +coming .* may pass +configuration\n$/,
  );
  assert.deepEqual(JSON.parse(json.out), document);
  assert.equal(none.out, 'no freeze is in force or coming\n');
});

test('freeze order takes instants with their offset, or lengths of time', async () => {
  const { desk, bodies } = frozen();

  const fixed = await against(
    desk,
    'freeze order sale --from 2027-02-01T00:00+08:00 --until 2d --reason fair --allow-emergency',
  );
  await against(desk, 'freeze order sale --until 2027-02-03T00:00Z --reason fair');

  assert.deepEqual([fixed.code, fixed.err], [0, '']);
  assert.deepEqual(bodies, [
    {
      name: 'sale',
      from: '2027-01-31T16:00:00.000Z',
      until: '2027-02-02T16:00:00.000Z',
      reason: 'fair',
      allowEmergency: true,
    },
    { name: 'sale', until: '2027-02-03T00:00:00.000Z', reason: 'fair', allowEmergency: false },
  ]);
});

test('an instant without its offset is a wrong command line', async () => {
  const { desk, bodies } = frozen();

  for (const when of ['2027-02-01', '2027-02-01T00:00', 'tomorrow']) {
    const { code, err } = await against(desk, `freeze order sale --until ${when} --reason fair`);
    assert.equal(code, 2, when);
    assert.match(err, /write an instant with its offset/);
  }
  assert.deepEqual(bodies, []);
});

test('freeze lift ends one, and what cannot be lifted is exit 1 with the reason', async () => {
  const { desk } = frozen();

  const lifted = await against(desk, 'freeze lift sale');
  const unknown = await against(desk, 'freeze lift other');

  assert.deepEqual([lifted.code, lifted.out], [0, 'no freeze is in force or coming\n']);
  assert.deepEqual([unknown.code, unknown.err], [1, 'newleaf: no freeze other\n']);
});

test('status and plan show freezes, each with when it ends', async () => {
  const { desk } = frozen([sale, fair]);
  const plan = async () => ({ ...nothingDue, freezes: [sale] });

  const status = await against(desk, 'status', reader);
  const scanned = { takenAt: '2026-11-22T00:00:00.000Z', bindings: [], missing: [] };
  const planned = await against({ ...desk, plan, status: async () => scanned }, 'plan', reader);

  assert.match(status.out, /\nfreeze sale until 2026-11-24T12:30Z \(by ada: the big sale\)\n/);
  assert.match(
    status.out,
    /\nfreeze fair from .*, emergencies may pass \(in the configuration\)\n/,
  );
  assert.match(planned.out, /^freeze sale until .*\nnothing is due\n$/);
});

test('only operators order and lift freezes, and a body that does not fit is refused by name', async () => {
  const { desk, bodies } = frozen();
  await using server = await openServer(aDesk(desk));
  const body = { name: 'sale', until: '2027-02-03T00:00:00Z', reason: 'fair' };
  const post = (path: string, sent: unknown, headers = writing) =>
    ask(server.url, path, { method: 'POST', headers, body: JSON.stringify(sent) });
  const reading = { ...bearer('reader-hush'), 'content-type': 'application/json' };

  assert.equal((await post('/api/v1/freezes', body, reading)).status, 403);
  assert.equal((await post('/api/v1/freezes/sale/lift', {}, reading)).status, 403);
  for (const wrong of [
    { ...body, name: 'a b' },
    { ...body, until: '2027-02-03' },
    { ...body, reason: 'two\nlines' },
    { ...body, days: 3 },
  ])
    assert.equal((await post('/api/v1/freezes', wrong)).status, 400, JSON.stringify(wrong));
  assert.deepEqual(bodies, []);
  assert.equal((await post('/api/v1/freezes', body)).status, 200);
});
