import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiftBody, QuarantineDocument } from '../../src/api/quarantine.ts';
import type { Desk } from '../../src/web/desk.ts';
import { against } from '../helpers/daemon-cli.ts';
import { reader } from '../helpers/desk.ts';

const document: QuarantineDocument = {
  quarantined: [
    {
      certificates: ['202-cn-hangzhou'],
      fingerprint256: 'ab'.repeat(32),
      listener: null,
      since: '2026-11-22T00:00:00.000Z',
      until: '2026-11-29T00:00:00.000Z',
      rotationId: 'r-bad',
      reason: 'untrusted',
    },
    {
      certificates: [],
      fingerprint256: 'cd'.repeat(32),
      listener: 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443',
      since: '2026-11-22T00:00:00.000Z',
      until: '2026-11-30T00:00:00.000Z',
      rotationId: 'r-slow',
      reason: 'stale',
    },
  ],
};

test('quarantine lists what is not tried, where, until when and why', async () => {
  const desk: Partial<Desk> = { quarantine: async () => document };

  const words = await against(desk, 'quarantine', reader);
  const json = await against(desk, 'quarantine list --json', reader);
  const none = await against({}, 'quarantine', reader);

  assert.match(
    words.out,
    /^CERTIFICATE .*\n202-cn-hangzhou +any listener +2026-11-29T00:00Z +r-bad +untrusted\ncdcdcdcdcdcdcdcd +lsn-1@443 +2026-11-30T00:00Z +r-slow +stale\n$/,
  );
  assert.deepEqual(JSON.parse(json.out), document);
  assert.equal(none.out, 'no certificate is quarantined\n');
});

test('quarantine lift sends what was mended; readers may not, and what is not there is exit 1', async () => {
  const bodies: LiftBody[] = [];
  const desk: Partial<Desk> = {
    liftQuarantine: async (_caller, body) => {
      bodies.push(body);
      return body.certificate === '202-cn-hangzhou'
        ? { kind: 'done', document: { quarantined: [] } }
        : { kind: 'refused', error: { code: 'not-found', message: 'not quarantined' } };
    },
  };

  const lifted = await against(desk, 'quarantine lift 202-cn-hangzhou --reason mended');
  const here = await against(desk, 'quarantine lift abababab --listener lsn-1@443 --reason mended');
  const weak = await against(desk, 'quarantine lift 202-cn-hangzhou --reason mended', reader);
  const silent = await against(desk, 'quarantine lift 202-cn-hangzhou');

  assert.deepEqual([lifted.code, lifted.out], [0, 'no certificate is quarantined\n']);
  assert.deepEqual([here.code, here.err], [1, 'newleaf: not quarantined\n']);
  assert.deepEqual([weak.code, silent.code], [1, 2]);
  assert.deepEqual(bodies, [
    { certificate: '202-cn-hangzhou', reason: 'mended' },
    { certificate: 'abababab', listener: 'lsn-1@443', reason: 'mended' },
  ]);
});
