import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaNamesGap } from '../../src/domain/ca-names.ts';
import { adviceOn } from '../../src/messages/advice.ts';

test('who looks for the end of a CA reads its name, or why there is none', () => {
  const advice = (caNames: readonly string[], caNamesWhy: CaNamesGap | null) =>
    adviceOn({ kind: 'expiry-unknown', certificateId: '1', caNames, caNamesWhy });

  assert.match(advice(['CN=Partners,O=Example'], null), /names to clients: CN=Partners,O=Example/);
  assert.match(advice([], 'none-named'), /names no CA to clients/);
  assert.match(advice([], 'not-told'), /in TLS 1\.3 it need not, and it answers no TLS 1\.2/);
  assert.match(advice([], 'not-seen'), /No handshake from here was asked/);
  assert.match(advice([], null), /watch a certificate of another account there\.$/);
});
