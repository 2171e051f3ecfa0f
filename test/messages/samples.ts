import type { Announcement } from '../../src/domain/alert.ts';
import type { Language } from '../../src/domain/language.ts';
import type { AlertKind, ProblemFacts } from '../../src/domain/problem.ts';
import type { Severity } from '../../src/domain/policy.ts';
import { asText, type MessageOptions, render } from '../../src/messages/render.ts';
import { aBinding, expiryFacts, rotationEnded } from '../helpers/alerts.ts';
import { after, fingerprint, hours, today } from '../helpers/facts.ts';

/** A reader in Shanghai at 2026-11-22 08:00 there. */
export const reading: MessageOptions = {
  language: 'en',
  timezone: 'Asia/Shanghai',
  runbook: 'docs/alerts.md',
  now: today,
};

export function announcing(
  facts: ProblemFacts,
  severity: Severity,
  overrides: Partial<Announcement> = {},
): Announcement {
  return {
    id: `key/1@${today.toISOString()}/${severity}`,
    key: 'key',
    kind: facts.kind,
    status: 'firing',
    episode: 1,
    severity,
    since: after(today, -hours(3)),
    raisedAt: today,
    resolvedAt: null,
    acknowledged: null,
    facts,
    ...overrides,
  };
}

export function textOf(facts: ProblemFacts, severity: Severity, language: Language = 'en'): string {
  return asText(render(announcing(facts, severity), { ...reading, language }));
}

const { account, site, certificate, notAfter, bindings } = expiryFacts();
const binding = aBinding();
const spot = { binding, zone: 'cn-hangzhou-b', address: '203.0.113.7' };

const expired = expiryFacts({
  kind: 'expired',
  notAfter: after(today, -hours(5)),
  outlook: [{ kind: 'waits', reason: 'observe-mode' }],
});

const needsOperator = rotationEnded('critical', {
  outcome: 'needs-operator',
  reason: 'restore-unproven',
  bound: ['101'],
  requestId: 'REQ-1',
  situation: {
    touched: ['default', 'additional'],
    bound: { default: ['101'], additional: ['202', '900'], ca: [], clientAuth: false },
    before: { default: ['101'], additional: ['101', '900'], ca: [], clientAuth: false },
    intended: { default: ['202'], additional: ['202', '900'], ca: [], clientAuth: false },
    served: [
      {
        zone: 'cn-hangzhou-a',
        address: '203.0.113.6:443',
        serverName: null,
        fingerprint256: fingerprint('101'),
        reason: null,
      },
      {
        zone: 'cn-hangzhou-b',
        address: '203.0.113.7:443',
        serverName: null,
        fingerprint256: fingerprint('202'),
        reason: null,
      },
    ],
    code: 'IncorrectStatus.listener',
  },
  mismatches: [
    {
      kind: 'stale',
      zone: 'cn-hangzhou-b',
      address: '203.0.113.7',
      serverName: null,
      expected: fingerprint('101'),
      served: fingerprint('202'),
      detail: null,
      worse: true,
    },
  ],
}).facts;

/** One of each kind, as docs/alerts.md shows them. */
export const samples: Readonly<Record<AlertKind, readonly [ProblemFacts, Severity]>> = {
  expiring: [expiryFacts(), 'warning'],
  expired: [expired, 'expired'],
  'no-replacement': [
    {
      kind: 'no-replacement',
      account,
      site,
      certificate,
      notAfter,
      bindings,
      rejections: [
        {
          candidate: '202-cn-hangzhou',
          reason: 'missing-name',
          detail: 'does not answer for shop.example.com',
          about: ['shop.example.com'],
        },
      ],
    },
    'warning',
  ],
  drift: [
    { kind: 'drift', ...spot, bound: fingerprint('101'), served: fingerprint('99') },
    'warning',
  ],
  unreachable: [
    { kind: 'unreachable', ...spot, reason: 'timeout', lastServedAt: after(today, -hours(6)) },
    'warning',
  ],
  'not-probed': [{ kind: 'not-probed', account, vpcId: 'vpc-1', listeners: 3 }, 'info'],
  'expiry-unknown': [
    { kind: 'expiry-unknown', account, certificateId: '101-cn-hangzhou', bindings },
    'warning',
  ],
  'owned-elsewhere': [
    { kind: 'owned-elsewhere', binding, owner: 'kubernetes/prod/shop', notAfter },
    'warning',
  ],
  'weak-tls-policy': [
    { kind: 'weak-tls-policy', policy: 'tls_cipher_policy_1_0', bindings },
    'info',
  ],
  'quota-near': [{ kind: 'quota-near', binding, used: 25, limit: 25 }, 'warning'],
  reverted: [
    {
      kind: 'reverted',
      binding,
      rotationId: 'r-1',
      bound: '101-cn-hangzhou',
      to: '202-cn-hangzhou',
      at: after(today, -hours(6)),
    },
    'warning',
  ],
  rotation: [needsOperator, 'critical'],
  'approval-wanted': [
    {
      kind: 'approval-wanted',
      binding,
      planHash: fingerprint('plan'),
      from: '101-cn-hangzhou',
      to: '202-cn-hangzhou',
      notAfter,
    },
    'warning',
  ],
  missing: [
    {
      kind: 'missing',
      account,
      region: 'cn-hangzhou',
      action: 'ListListeners',
      code: 'cloud.denied',
    },
    'warning',
  ],
  'scan-stale': [
    { kind: 'scan-stale', lastSuccess: after(today, -hours(13)), expectedEvery: hours(6) },
    'critical',
  ],
  'queue-stuck': [
    { kind: 'queue-stuck', queue: 'rotations', oldest: after(today, -hours(2)) },
    'critical',
  ],
  'sink-failing': [
    {
      kind: 'sink-failing',
      sink: 'team',
      since: after(today, -hours(1)),
      reason: 'the receiver answered 401: check its secret or token',
    },
    'critical',
  ],
  'clock-skew': [{ kind: 'clock-skew', skewMs: -75_000, against: 'cloud' }, 'critical'],
  'store-not-durable': [
    {
      kind: 'store-not-durable',
      backend: 'redis',
      detail: 'appendfsync is everysec; set it to always.',
    },
    'info',
  ],
  test: [{ kind: 'test', sink: 'team', by: 'ada' }, 'warning'],
};
