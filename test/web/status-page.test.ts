import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanDocument } from '../../src/api/plan.ts';
import {
  aBindingDocument,
  aDesk,
  aRolledBackRotation,
  healthy,
  openServer,
} from '../helpers/desk.ts';
import type { Desk } from '../../src/web/desk.ts';
import { ask, bearer } from './ask.ts';

async function page(overrides: Partial<Desk>): Promise<string> {
  await using server = await openServer(aDesk(overrides));
  const { status, text, headers } = await ask(server.url, '/', { headers: bearer('reader-hush') });
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^text\/html; charset=utf-8$/i);
  return text;
}

/** The page as a person reads it. */
const words = (text: string): string =>
  text
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const day = 86_400_000;
const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();

const hostile = '<script>alert(1)</script>"\'&';

test('a daemon that has seen nothing yet says so in words', async () => {
  const text = words(await page({}));

  assert.equal(
    text,
    'newleaf newleaf ready · version 0.1.0 · last scan not yet Certificates No TLS listener is known yet. Next Nothing is due. Rotations None so far.',
  );
});

test('no name that somebody else chose becomes markup', async () => {
  const rotation = { ...(await aRolledBackRotation()), detail: hostile, listenerId: hostile };
  const plan: PlanDocument = {
    plans: [],
    refused: [
      {
        account: hostile,
        region: hostile,
        loadBalancerId: hostile,
        listenerId: hostile,
        loadBalancerName: hostile,
        listenerDescription: hostile,
        tags: {},
        owner: hostile,
        ownedBy: null,
        consoleUrl: `https://slb.console.aliyun.com/"><script>`,
        slot: 'default',
        certificateId: hostile,
        reason: hostile,
        detail: hostile,
        rejections: [],
      },
    ],
    freezes: [
      {
        name: hostile,
        state: 'in-force',
        from: '2026-11-22T00:00:00.000Z',
        until: '2026-11-23T00:00:00.000Z',
        allowEmergency: false,
        source: 'order',
        orderedBy: hostile,
        orderedAt: '2026-11-22T00:00:00.000Z',
        reason: hostile,
      },
    ],
    missing: [],
  };
  const binding = aBindingDocument({
    loadBalancerName: hostile,
    listenerDescription: hostile,
    region: hostile,
    names: [hostile],
    certificateId: hostile,
    consoleUrl: `https://slb.console.aliyun.com/"><script>`,
    findings: [{ kind: hostile, advice: hostile }],
  });
  const place = { account: hostile, region: hostile, part: 'listeners' } as const;
  const gap = { ...place, action: hostile, code: hostile };

  const text = await page({
    status: async () => ({
      takenAt: hostile,
      bindings: [binding],
      missing: [{ ...gap, loadBalancerId: null, listenerId: null }],
    }),
    plan: async () => plan,
    rotations: async () => ({ rotations: [rotation] }),
    health: async () => ({
      ...healthy,
      version: hostile,
      checks: [{ name: hostile, ok: false, detail: hostile }],
    }),
  });

  assert.doesNotMatch(text, /<script/i);
  assert.doesNotMatch(text, /href="[^"]*[<>]/);
  assert.ok(text.includes('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;'));
});

test('an expired certificate, an unknown expiry and a nameless load balancer are told in words', async () => {
  const bindings = [
    aBindingDocument({ notAfter: fromNow(-3 * day), severity: 'expired' }),
    aBindingDocument({ notAfter: null, severity: 'ok', loadBalancerName: '' }),
    aBindingDocument({
      notAfter: fromNow(day - 1),
      names: ['a.test', 'b.test', 'c.test', 'd.test'],
    }),
  ];

  const takenAt = '2026-11-22T10:00:05.120Z';
  const text = words(await page({ status: async () => ({ takenAt, bindings, missing: [] }) }));

  assert.match(text, /last scan 2026-11-22 10:00:05 UTC/);
  assert.match(text, /23 h warning a\.test, b\.test \+2 edge/);
  assert.match(text, /3 d ago expired www\.example\.com edge cn-hangzhou lsn-1@443 web default/);
  assert.match(text, /unknown ok www\.example\.com nlb-1 cn-hangzhou/);
});

test('what fails and what could not be read stand above everything else', async () => {
  const missing = [
    { account: 'main', region: 'eu-central-1', action: 'ListLoadBalancers', code: 'Forbidden.RAM' },
  ];
  const text = words(
    await page({
      status: async () => ({
        takenAt: null,
        bindings: [],
        missing: missing.map((gap) => ({
          ...gap,
          part: 'listeners' as const,
          loadBalancerId: null,
          listenerId: null,
        })),
      }),
      health: async () => ({
        ...healthy,
        ready: false,
        checks: [{ name: 'store', ok: false, detail: 'the store cannot be reached' }],
      }),
    }),
  );

  assert.match(
    text,
    /not ready .* store: the store cannot be reached could not read ListLoadBalancers in eu-central-1 of main: Forbidden\.RAM Certificates/,
  );
});

test('a rotation is shown with how it ended', async () => {
  const rotation = await aRolledBackRotation();

  const text = await page({ rotations: async () => ({ rotations: [rotation] }) });

  assert.match(text, /<tr class="rolled-back">/);
  assert.match(words(text), /r1 lsn-1@443 .* rolled-back/);
});

test('the page loads nothing from anywhere and runs no script', async () => {
  const text = await page({
    status: async () => ({ takenAt: null, bindings: [aBindingDocument()], missing: [] }),
  });

  assert.doesNotMatch(text, /<(?:script|link|img|iframe|form)\b|\bsrc=|style="|@import|url\(/i);
});
