import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertKind } from '../../src/domain/problem.ts';
import type { Messages, Telling } from '../../src/messages/messages.ts';
import { asText, renderIn } from '../../src/messages/render.ts';
import { announcing, reading, samples } from './samples.ts';

function telling(kind: AlertKind): () => Telling {
  return () => ({ title: `<${kind}>`, over: `</${kind}>`, what: 'vad', next: 'sedan' });
}

/** A whole language in one file; the compiler refuses it when a kind is missing. */
const swedish: Messages = {
  labels: {
    until: 'Till',
    affected: (n) => `Berörda (${n})`,
    next: 'Härnäst',
    run: 'Kör',
    console: 'Konsol',
    runbook: 'Handbok',
    resolved: 'löst',
    severity: (severity) => severity.toUpperCase(),
    with: (label, text) => `${label} – ${text}`,
  },
  tell: {
    expiring: telling('expiring'),
    expired: telling('expired'),
    'no-replacement': telling('no-replacement'),
    drift: telling('drift'),
    unreachable: telling('unreachable'),
    'not-probed': telling('not-probed'),
    'expiry-unknown': telling('expiry-unknown'),
    'owned-elsewhere': telling('owned-elsewhere'),
    'weak-tls-policy': telling('weak-tls-policy'),
    'quota-near': telling('quota-near'),
    reverted: telling('reverted'),
    rotation: telling('rotation'),
    'approval-wanted': telling('approval-wanted'),
    missing: telling('missing'),
    'scan-stale': telling('scan-stale'),
    'queue-stuck': telling('queue-stuck'),
    'sink-failing': telling('sink-failing'),
    'clock-skew': telling('clock-skew'),
    'store-not-durable': telling('store-not-durable'),
    test: telling('test'),
  },
  binding: ({ port }) => `port ${port}`,
  more: (n) => `och ${n} till`,
  lasted: (from, to) => `${from} – ${to}`,
  notConfigured: 'borttagen',
  acknowledged: (by) => `sett av ${by}`,
  line: (title) => title,
  digest: ({ total }) => `${total} larm`,
};

test('a third language is one file: nothing of a message is said outside it', () => {
  for (const [kind, [facts, severity]] of Object.entries(samples)) {
    const text = asText(renderIn(swedish, announcing(facts, severity), reading));

    const lines = text.split('\n');
    assert.equal(lines[0], `[${severity.toUpperCase()}] <${kind}>`);
    assert.deepEqual(
      lines.filter((line) => /^(Until|Affected|Next|Run|Console|Runbook)\b/.test(line)),
      [],
    );
    assert.equal(lines.at(-1), `Handbok – docs/alerts.md#${kind}`);
  }
});
