import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanDocument } from '../../src/api/plan.ts';
import type { Io } from '../../src/cli/io.ts';
import { renderPlan } from '../../src/cli/render/plan.ts';

const plain: Io = { out: () => {}, err: () => {}, interactive: false, color: false };

const naming = {
  loadBalancerName: 'edge',
  listenerDescription: 'web',
  tags: {},
  owner: 'cloud',
  ownedBy: null,
  consoleUrl: 'https://console.test/lsn',
};

const plan: PlanDocument = {
  plans: [
    {
      hash: 'ab'.repeat(32),
      account: 'main',
      region: 'cn-hangzhou',
      loadBalancerId: 'nlb-1',
      listenerId: 'lsn-1@443',
      ...naming,
      steps: [
        { kind: 'bind', slot: 'additional', from: [], to: ['202-cn-hangzhou'] },
        { kind: 'unbind', slot: 'additional', from: ['101-cn-hangzhou'], to: [] },
      ],
      from: { id: '101-cn-hangzhou', notAfter: '2026-11-28T00:00:00.000Z' },
      to: { id: '202-cn-hangzhou', notAfter: null },
      waitsFor: { reason: 'approval', detail: 'somebody must approve this plan', until: null },
      startsAt: null,
      policy: 'pilot',
      mode: 'approve',
      emergency: true,
      canary: true,
      because: 'it ends latest',
      others: [{ candidate: '201-cn-hangzhou', detail: 'ends earlier than 202-cn-hangzhou' }],
      onFailure: '101-cn-hangzhou is put back',
    },
  ],
  refused: [
    {
      account: 'main',
      region: 'cn-hangzhou',
      loadBalancerId: 'nlb-1',
      listenerId: 'lsn-2@443',
      ...naming,
      loadBalancerName: '',
      slot: 'default',
      certificateId: '303-cn-hangzhou',
      reason: 'no-candidate',
      detail: 'no certificate may replace it',
      rejections: [
        { candidate: '404-cn-hangzhou', reason: 'missing-name', detail: 'misses shop.example.com' },
      ],
    },
  ],
  freezes: [],
  missing: [],
};

test('a plan says what waits for whom, with the command to type; then what cannot be and why', () => {
  assert.equal(
    renderPlan(plain, plan),
    `lsn-1@443 on edge (main, cn-hangzhou)  waits: somebody must approve this plan
  from 101-cn-hangzhou (ends 2026-11-28T00:00:00.000Z) to 202-cn-hangzhou (ends unknown)
  bind 202-cn-hangzhou as additional, then unbind 101-cn-hangzhou
  why 202-cn-hangzhou: it ends latest
  not 201-cn-hangzhou: ends earlier than 202-cn-hangzhou
  if it fails: 101-cn-hangzhou is put back
  policy pilot (approve, emergency, canary), plan ${'ab'.repeat(32)}
  newleaf approve abababababab

lsn-2@443 on nlb-1 (main, cn-hangzhou)  no plan for 303-cn-hangzhou (default): no certificate may replace it
  404-cn-hangzhou: misses shop.example.com
`,
  );
  assert.equal(renderPlan(plain, { ...plan, plans: [], refused: [] }), 'nothing is due\n');
});
