import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Io } from '../../src/cli/io.ts';
import { renderPlan } from '../../src/cli/render/plan.ts';
import { nothingDue } from '../helpers/desk.ts';

const plain: Io = { out: () => {}, err: () => {}, interactive: false, color: false };

test('a plan made without all there is says so, and what is missing', () => {
  const place = { account: 'main', region: 'eu-central-1', part: 'listeners' } as const;
  const denied = { action: 'ListLoadBalancers', code: 'Forbidden.RAM' };
  const missing = [{ ...place, ...denied, loadBalancerId: null, listenerId: null }];

  const told = renderPlan(plain, { ...nothingDue, missing });

  assert.equal(
    told,
    `nothing is due in what could be read

missing: ListLoadBalancers in eu-central-1 of main answered Forbidden.RAM
`,
  );
});
