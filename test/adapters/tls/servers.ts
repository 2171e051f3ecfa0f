import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { systemClock } from '../../../src/adapters/clock.ts';
import { openProber, type ProberOptions } from '../../../src/adapters/tls/prober.ts';
import type { Endpoint } from '../../../src/domain/listener.ts';
import type { Observation, Probe } from '../../../src/domain/observation.ts';
import type { Prober } from '../../../src/ports/prober.ts';
import { bundle, type Issued } from '../../helpers/pki.ts';

type Served = Extract<Observation, { kind: 'served' }>;
type Failed = Extract<Observation, { kind: 'failed' }>;

/** A TLS server that keeps every connection open and silent. Closed with the test. Answers its port. */
export async function serveTls(
  t: TestContext,
  options: TlsOptions,
  onSecure: (socket: TLSSocket) => void = () => undefined,
): Promise<number> {
  const server = createServer(options, (socket) => {
    socket.on('error', () => socket.destroy());
    onSecure(socket);
  });
  server.on('tlsClientError', () => undefined);
  return listen(t, server);
}

/** A TCP server without TLS. */
export async function serveTcp(
  t: TestContext,
  onSocket: (socket: Socket) => void,
): Promise<number> {
  return listen(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      onSocket(socket);
    }),
  );
}

export function certified(leaf: Issued, ...chain: readonly Issued[]) {
  return { key: leaf.keyPem, cert: bundle(leaf, ...chain) };
}

export function testProber(options: Partial<ProberOptions> = {}): Prober {
  return openProber({
    vantage: { networks: ['public'], vpcs: [] },
    dial: {},
    roots: [],
    identities: new Map(),
    timeoutMs: 5000,
    concurrency: 8,
    clock: systemClock,
    ...options,
  });
}

export function endpointAt(port: number, over: Partial<Endpoint> = {}): Endpoint {
  return {
    zone: 'cn-hangzhou-a',
    address: '127.0.0.1',
    port,
    network: 'public',
    vpcId: null,
    active: true,
    ...over,
  };
}

export function probeAt(port: number, over: Partial<Probe> = {}): Probe {
  return {
    endpoint: endpointAt(port),
    loadBalancerId: 'nlb-1',
    serverName: null,
    keyType: 'any',
    client: null,
    alpn: [],
    ...over,
  };
}

export const never = new AbortController().signal;

/** Observes and expects a leaf. */
export async function see(prober: Prober, probe: Probe): Promise<Served> {
  const seen = await prober.observe(probe, never);
  assert.ok(seen.kind === 'served', JSON.stringify(seen));
  return seen;
}

/** Observes and expects a failure. */
export async function fail(prober: Prober, probe: Probe): Promise<Failed> {
  const seen = await prober.observe(probe, never);
  assert.ok(seen.kind === 'failed', JSON.stringify(seen));
  return seen;
}

async function listen(t: TestContext, server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

/** Collects what a server heard; `all` resolves with the first `count` items. */
export function hearing<T>(count: number): { add: (item: T) => void; all: Promise<readonly T[]> } {
  const items: T[] = [];
  const full = new EventEmitter();
  const all = once(full, 'full').then(() => items);
  const add = (item: T) => {
    if (items.push(item) === count) full.emit('full');
  };
  return { add, all };
}
