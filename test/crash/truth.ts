import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect, type ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import type { Ground } from './ground.ts';

const State = z.looseObject({
  certificates: z.array(z.looseObject({ id: z.string(), fingerprint256: z.string() })),
  listeners: z.array(
    z.looseObject({
      id: z.string(),
      status: z.string(),
      caEnabled: z.boolean(),
      slots: z.looseObject({
        default: z.string().nullable(),
        ca: z.string().nullable(),
        additional: z.array(z.looseObject({ certificateId: z.string(), status: z.string() })),
      }),
      serving: z.array(z.looseObject({ zone: z.string(), address: z.string(), port: z.int() })),
    }),
  ),
});

const Calls = z.array(
  z.looseObject({
    action: z.string(),
    params: z.looseObject({ ListenerId: z.string().optional() }),
    clientToken: z.string().nullable(),
    status: z.int().nullable(),
    requestId: z.string(),
  }),
);
export type Call = z.infer<typeof Calls>[number];

/** What is bound, in the words of the tests. */
export interface Bound {
  readonly default: string | null;
  readonly additional: readonly string[];
  readonly ca: string | null;
  readonly caEnabled: boolean;
  readonly settled: boolean;
}

export async function boundOn({ sandbox, listenerId }: Ground): Promise<Bound> {
  const { listeners } = await stateOf(sandbox.control);
  const listener = listeners.find(({ id }) => id === listenerId);
  if (listener === undefined) throw new Error(`no listener ${listenerId}`);
  const { slots, caEnabled, status } = listener;
  return {
    default: slots.default,
    additional: slots.additional.map(({ certificateId }) => certificateId).toSorted(),
    ca: slots.ca,
    caEnabled,
    settled: status === 'Running' && slots.additional.every((row) => row.status === 'Associated'),
  };
}

/** The same with one certificate for another, wherever it is bound. */
export function exchanged(bound: Bound, from: string, to: string): Bound {
  const other = <T>(id: T): T | string => (id === from ? to : id);
  return {
    ...bound,
    default: other(bound.default),
    additional: bound.additional.map(other).toSorted(),
    ca: other(bound.ca),
  };
}

/** The writes that reached this listener since the call before, by whomever. */
export async function writesSince(ground: Ground, since: string | null): Promise<readonly Call[]> {
  const query = since === null ? '' : `?since=${since}`;
  const reply = await fetch(`${ground.sandbox.control}/calls${query}`);
  return Calls.parse(await reply.json()).filter(
    ({ action, params }) =>
      params.ListenerId === ground.listenerId && /^(Update|Associate|Disassociate)/.test(action),
  );
}

/** Asks every zone by TLS: each must show what the certificates that are bound make it show. */
export async function assertServed(ground: Ground, bound: Bound): Promise<void> {
  const { certificates, listeners } = await stateOf(ground.sandbox.control);
  const fingerprintOf = (id: string | null): string | undefined =>
    certificates.find((each) => each.id === id)?.fingerprint256;
  const points = listeners.find(({ id }) => id === ground.listenerId)?.serving ?? [];
  assert.ok(points.length >= 2);
  for (const { zone, address, port } of points) {
    const look = (options: ConnectionOptions) => leafAt({ host: address, port, ...options });
    const nobody = await look({ servername: 'nobody.example.org', ...clientOf(ground, bound.ca) });
    assert.equal(nobody, fingerprintOf(bound.default), `${zone} without a known name`);
    if (ground.slot === 'additional') {
      const held = bound.additional.find((id) => id === ground.old || id === ground.fresh) ?? null;
      const leaf = await look({ servername: 'static.example.com' });
      assert.equal(leaf, fingerprintOf(held), `${zone} by the additional certificate's name`);
    }
    if (ground.slot !== 'ca') continue;
    const stranger = bound.ca === ground.old ? ground.fresh : ground.old;
    assert.equal(await look(clientOf(ground, stranger)), null, `${zone} lets a stranger in`);
  }
}

function clientOf({ clients }: Ground, ca: string | null): ConnectionOptions {
  const client = ca === null ? undefined : clients.get(ca);
  // In TLS 1.2 a client that is not let in learns it during the handshake.
  return client === undefined ? {} : { ...client, maxVersion: 'TLSv1.2' };
}

/** The fingerprint of the leaf; null when the handshake is refused. */
function leafAt(options: ConnectionOptions): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...options, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      resolve(createHash('sha256').update(raw).digest('hex'));
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
  });
}

async function stateOf(control: string): Promise<z.infer<typeof State>> {
  const reply = await fetch(`${control}/state`);
  return State.parse(await reply.json());
}
