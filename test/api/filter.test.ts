import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterScan, placesOf, type ScanFilter } from '../../src/api/filter.ts';
import type { ScanDocument } from '../../src/api/scan.ts';
import { aBindingDocument } from '../helpers/desk.ts';
import { after, days, today } from '../helpers/facts.ts';

const everything: ScanFilter = {
  regions: null,
  accounts: null,
  listeners: null,
  expiringWithin: null,
  findings: null,
};

const finding = (kind: string) => ({ kind, advice: '' });

const document: ScanDocument = {
  takenAt: today.toISOString(),
  bindings: [
    aBindingDocument({ certificateId: 'soon', notAfter: after(today, days(3)).toISOString() }),
    aBindingDocument({
      certificateId: 'late',
      notAfter: after(today, days(300)).toISOString(),
      region: 'eu-central-1',
      listenerId: 'lsn-2@443',
      findings: [finding('drift'), finding('not-probed')],
    }),
    aBindingDocument({ certificateId: 'unknown', notAfter: null, account: 'other' }),
  ],
  missing: [],
};

function shown(filter: Partial<ScanFilter>): readonly string[] {
  const { bindings } = filterScan(document, { ...everything, ...filter }, today);
  return bindings.map(({ certificateId }) => certificateId);
}

test('values of one key are alternatives, keys must all agree', () => {
  assert.deepEqual(shown({}), ['soon', 'late', 'unknown']);
  assert.deepEqual(shown({ regions: ['eu-central-1', 'us-east-1'] }), ['late']);
  assert.deepEqual(shown({ regions: ['eu-central-1', 'cn-hangzhou'], accounts: ['main'] }), [
    'soon',
    'late',
  ]);
  assert.deepEqual(shown({ regions: ['eu-central-1'], accounts: ['other'] }), []);
});

test('a listener is named by its id or its key', () => {
  const key = 'other/cn-hangzhou/nlb/nlb-1/lsn-1@443';

  assert.deepEqual(shown({ listeners: ['lsn-1@443'] }), ['soon', 'unknown']);
  assert.deepEqual(shown({ listeners: [key, 'lsn-2@443'] }), ['late', 'unknown']);
});

test('what may end within the time stays: also what nobody knows the end of', () => {
  assert.deepEqual(shown({ expiringWithin: days(3) }), ['soon', 'unknown']);
  assert.deepEqual(shown({ expiringWithin: days(3) - 1 }), ['unknown']);
});

test('findings are asked for by kind, or any of them', () => {
  assert.deepEqual(shown({ findings: ['drift', 'unreachable'] }), ['late']);
  assert.deepEqual(shown({ findings: ['any'] }), ['late']);
  assert.deepEqual(shown({ findings: ['unreachable'] }), []);
});

test('the places of a filter leave out what depends on the state', () => {
  const filter = {
    ...everything,
    regions: ['cn-hangzhou'],
    expiringWithin: 1,
    findings: ['drift'],
  };

  assert.deepEqual(placesOf(filter), { ...everything, regions: ['cn-hangzhou'] });
});

test('a gap stays unless it surely is about something else', () => {
  const gap = {
    account: 'main',
    action: 'A',
    code: 'c',
    loadBalancerId: null,
    listenerId: null,
  } as const;
  const missing: ScanDocument['missing'] = [
    { ...gap, region: 'cn-beijing', part: 'listeners' },
    { ...gap, region: 'cn-hangzhou', part: 'listeners' },
    { ...gap, region: 'cn-hangzhou', part: 'certificates' },
    { ...gap, region: 'all', part: 'listeners' },
    { ...gap, region: 'cn-beijing', part: 'listeners', listenerId: 'lsn-9@443' },
    { ...gap, region: 'cn-beijing', part: 'listeners', account: 'other' },
  ];
  const left = (filter: Partial<ScanFilter>): readonly number[] =>
    filterScan({ ...document, missing }, { ...everything, ...filter }, today).missing.map((entry) =>
      missing.indexOf(entry),
    );

  assert.deepEqual(left({ findings: ['any'], expiringWithin: 1 }), [0, 1, 2, 3, 4, 5]);
  // The store of Beijing is in Hangzhou, so what is missing there may concern it.
  assert.deepEqual(left({ regions: ['cn-beijing'] }), [0, 2, 3, 4, 5]);
  assert.deepEqual(left({ regions: ['eu-central-1'] }), [3]);
  assert.deepEqual(left({ accounts: ['other'] }), [5]);
  assert.deepEqual(left({ listeners: ['lsn-1@443'] }), [0, 1, 2, 3, 5]);
  assert.deepEqual(left({ listeners: ['main/cn-beijing/nlb/x/lsn-9@443'] }), [0, 1, 2, 3, 4, 5]);
});
