import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScanDocument } from '../../src/api/scan.ts';
import { renderScan } from '../../src/cli/render/bindings.ts';
import { aBindingDocument } from '../helpers/desk.ts';
import { today } from '../helpers/facts.ts';

function tableOf(bindings: ScanDocument['bindings']): string {
  const document = { takenAt: null, bindings, missing: [] };
  const view = { document, total: bindings.length, wide: false, whenEmpty: '' };
  return renderScan({ color: false }, view, today);
}

test('addresses that show no certificate are named although a first look is no finding', () => {
  const look = { zone: 'cn-hangzhou-a', serverName: null, keyType: 'any', active: true } as const;
  const shows = { fingerprint256: 'ab'.repeat(32), protocol: 'TLSv1.3' };
  const fails = { fingerprint256: null, protocol: null };
  const served = [
    { ...look, ...fails, address: '192.0.2.1:443', error: 'refused' },
    { ...look, ...fails, address: '192.0.2.2:443', error: 'reset' },
    { ...look, ...shows, address: '192.0.2.2:443', serverName: 'www.example.com' },
    { ...look, ...fails, address: '192.0.2.3:443', error: 'outside-vantage' },
    { ...look, ...fails, address: '192.0.2.4:443', error: 'timeout', active: false },
  ];
  const twice = [aBindingDocument({ served }), aBindingDocument({ served, slot: 'additional' })];

  const text = tableOf(twice);

  assert.deepEqual(text.trim().split('\n').slice(4), [
    'silent: lsn-1@443 gives no certificate at 192.0.2.1:443 in cn-hangzhou-a: refused',
  ]);
});

test('a CA stands under its label, for it has no names', () => {
  const ca = aBindingDocument({ slot: 'ca', names: [], certificateLabel: 'Partner CA' });

  assert.match(tableOf([ca]), /warning {3}Partner CA +edge/);
});
