import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approvalWantedBy } from '../../src/domain/approval.ts';
import type { Step } from '../../src/domain/plan.ts';
import type { Mode } from '../../src/domain/policy.ts';
import { aListener } from '../helpers/facts.ts';

const { ref } = aListener();
const replace: Step = { kind: 'replace', slot: 'default', from: 'a', to: 'b' };
const bind: Step = { kind: 'bind', slot: 'additional', ids: ['b'] };
const unbind: Step = { kind: 'unbind', slot: 'additional', ids: ['a'] };
const replaceCa: Step = { kind: 'replace', slot: 'ca', from: 'a', to: 'b' };
const rules = { identities: [{ name: 'probe', listeners: [ref.listenerId], mayLose: false }] };

function wanted(mode: Mode, steps: readonly Step[], identities = rules.identities): string | null {
  return approvalWantedBy({ ref, steps }, { name: 'p', mode }, { identities });
}

test('mode auto wants an approval of a gap and of a CA certificate that nothing can prove', () => {
  assert.equal(wanted('auto', [replace]), null);
  assert.equal(wanted('auto', [bind, unbind]), null);
  assert.match(wanted('auto', [unbind, bind]) ?? '', /before the new one comes/);
  assert.equal(wanted('auto', [replaceCa]), null);
  assert.match(wanted('auto', [replaceCa], []) ?? '', /no client identity can prove/);
});

test('mode approve wants one of every plan, mode observe of none', () => {
  assert.equal(wanted('approve', [replace]), 'policy p');
  assert.equal(wanted('observe', [unbind, bind]), null);
});
