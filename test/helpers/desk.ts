import type { HealthDocument } from '../../src/api/health.ts';
import type { PlanDocument } from '../../src/api/plan.ts';
import type { RotationDocument } from '../../src/api/rotation.ts';
import { rotationDocument } from '../../src/api/rotation.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { genesis } from '../../src/domain/audit.ts';
import { replay } from '../../src/domain/evolve.ts';
import type { AccessToken } from '../../src/web/auth.ts';
import { webApp } from '../../src/web/app.ts';
import type { Desk } from '../../src/web/desk.ts';
import { serve } from '../../src/web/serve.ts';
import { logBook, type LogLine } from './log-book.ts';
import { RotationWorld } from './rotation-world.ts';

export const reader: AccessToken = { name: 'grafana', role: 'reader', token: 'reader-hush' };
export const operator: AccessToken = { name: 'ada', role: 'operator', token: 'operator-hush' };

type Binding = ScanDocument['bindings'][number];

/** One binding as documents tell it. */
export function aBindingDocument(overrides: Partial<Binding> = {}): Binding {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    product: 'nlb',
    loadBalancerId: 'nlb-1',
    loadBalancerName: 'edge',
    vpcId: 'vpc-1',
    listenerId: 'lsn-1@443',
    listenerDescription: 'web',
    tags: {},
    owner: 'cloud',
    ownedBy: null,
    consoleUrl: 'https://slb.console.aliyun.com/nlb/cn-hangzhou/nlbs/nlb-1/listeners/lsn-1%40443',
    port: 443,
    status: 'running',
    slot: 'default',
    certificateId: '101-cn-hangzhou',
    certificateLabel: 'shop',
    fingerprint256: 'ab'.repeat(32),
    names: ['www.example.com'],
    notAfter: '2026-11-28T00:00:00.000Z',
    daysLeft: 6,
    severity: 'warning',
    policy: 'defaults',
    tlsPolicy: 'tls_cipher_policy_1_2',
    additionalCertificates: { used: 3, limit: 25 },
    thresholds: { info: 2_592_000, warning: 604_800, critical: 86_400 },
    seenAt: '2026-11-22T00:00:00.000Z',
    findings: [],
    served: [],
    ...overrides,
  };
}

export const healthy: HealthDocument = {
  ready: true,
  version: '0.1.0',
  startedAt: '2026-11-22T00:00:00.000Z',
  scanEverySeconds: 21_600,
  skewSeconds: 0,
  checks: [{ name: 'store', ok: true, detail: '' }],
};

export const nothingDue: PlanDocument = { plans: [], refused: [], freezes: [], missing: [] };

/** A rotation that was put back after a zone kept the old certificate, as the daemon tells it. */
export async function aRolledBackRotation(): Promise<RotationDocument> {
  const world = new RotationWorld({ stuckZone: 'cn-hangzhou-b' });
  await world.run();
  return rotationDocument(replay(world.record, world.entries), world.entries);
}

/** A desk that knows nothing and notes what it is asked to do. */
export function aDesk(overrides: Partial<Desk> = {}): Desk & { readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  return {
    asked,
    life: () => ({ alive: true, detail: '' }),
    health: async () => healthy,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    status: async () => ({ takenAt: null, bindings: [], missing: [] }),
    certificate: async () => null,
    plan: async () => nothingDue,
    rotations: async () => ({ rotations: [] }),
    rotation: async () => null,
    rotate: async (...ask) => {
      asked.push(['rotate', ...ask]);
      return { state: 'rotation', requestId: 'q-1', rotationId: 'r-1' };
    },
    rollback: async (...ask) => {
      asked.push(['rollback', ...ask]);
      return ask[1] === 'r-1'
        ? { state: 'refused', requestId: null, reason: 'not committed' }
        : null;
    },
    request: async () => null,
    approve: async (...ask) => {
      asked.push(['approve', ...ask]);
      return { kind: 'done', document: nothingDue };
    },
    resolve: async (caller, rotationId, body) => {
      asked.push(['resolve', caller, rotationId, body]);
      return { kind: 'refused', error: { code: 'not-found', message: 'no such rotation' } };
    },
    audit: async () => ({ entries: [], head: { entries: 0, hash: genesis } }),
    verifyAudit: async () => ({
      whole: true,
      checked: 0,
      head: { entries: 0, hash: genesis },
      forgotten: null,
      flaws: [],
    }),
    quarantine: async () => ({ quarantined: [] }),
    liftQuarantine: async (...ask) => {
      asked.push(['lift-quarantine', ...ask]);
      return { kind: 'done', document: { quarantined: [] } };
    },
    freezes: async () => ({ freezes: [] }),
    freeze: async (...ask) => {
      asked.push(['freeze', ...ask]);
      return { kind: 'done', document: { freezes: [] } };
    },
    liftFreeze: async (...ask) => {
      asked.push(['lift', ...ask]);
      return { kind: 'done', document: { freezes: [] } };
    },
    testSink: async (caller, body) => {
      asked.push(['test-sink', caller, body]);
      const document = { sink: body.sink, kind: 'log', result: 'accepted', reason: null } as const;
      return { kind: 'done', document: { ...document, open: false } };
    },
    alerts: async () => ({ alerts: [] }),
    acknowledge: async (...ask) => {
      asked.push(['acknowledge', ...ask]);
      return { kind: 'refused', error: { code: 'not-found', message: 'no such alert' } };
    },
    scanSoon: async () => void asked.push(['scan']),
    ...overrides,
  };
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly lines: readonly LogLine[];
  /** As the daemon does when it is told to stop. */
  stop(): void;
}

/** The HTTP surface on a free port of loopback. */
export async function openServer(desk: Desk, names: readonly string[] = []): Promise<TestServer> {
  const { log, lines } = logBook();
  const stopping = new AbortController();
  const app = webApp({
    desk,
    tokens: [reader, operator],
    hosts: new Set(['127.0.0.1', 'localhost', '[::1]', ...names]),
    log,
    signal: stopping.signal,
  });
  const server = await serve(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    lines,
    stop: () => stopping.abort(new Error('the daemon stops')),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
