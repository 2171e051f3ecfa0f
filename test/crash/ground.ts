import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { caller } from '../sandbox/support.ts';
import type { Slot } from './points.ts';

/** A listener of a sandbox with something to rotate in one slot, and everything a test needs to know about it. */
export interface Ground {
  readonly sandbox: RunningSandbox;
  readonly slot: Slot;
  readonly listenerId: string;
  /** The certificate that is bound at first, and the one to rotate to. */
  readonly old: string;
  readonly fresh: string;
  /** What the daemon's configuration needs besides. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Clients for the `ca` slot, by the CA certificate that vouches for them. */
  readonly clients: ReadonlyMap<string, Identity>;
}

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** A sandbox and one ground for each slot. */
export interface World extends AsyncDisposable {
  readonly grounds: Readonly<Record<Slot, Ground>>;
}

const Made = z.looseObject({ id: z.string() });
const Issued = z.looseObject({ certificate: z.string(), key: z.string() });
const Authorities = z.looseObject({
  CertificateList: z.array(z.looseObject({ Identifier: z.string(), CommonName: z.string() })),
});

const site = 'cn-hangzhou';
const partnersId = 'lsn-smallpartner001@8443';

export async function openWorld(dir: string): Promise<World> {
  const sandbox = await startSandbox({
    seed: 'small',
    dir,
    jobMillis: 100,
    propagationMillis: 50,
    rateLimits: 'off',
  });
  const plain = { sandbox, config: {}, clients: new Map<string, Identity>() };
  const order = { names: ['static.example.com'], keyType: 'rsa', name: 'static-next' };
  const { id } = Made.parse(await post(sandbox, '/certificates', order));
  return {
    grounds: {
      default: {
        ...plain,
        slot: 'default',
        listenerId: 'lsn-smallweb0000001@8443',
        old: `15230001-${site}`,
        fresh: `15230002-${site}`,
      },
      additional: {
        ...plain,
        slot: 'additional',
        listenerId: 'lsn-smallweb0000002@9443',
        old: `15230004-${site}`,
        fresh: id,
      },
      ca: { ...plain, ...(await clientAuthorities(sandbox, dir)) },
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/**
 * One private CA is to take the place of another: of uploaded ones no list tells the fingerprint. Each has a client, which the swap
 * locks out or lets in.
 */
async function clientAuthorities(sandbox: RunningSandbox, dir: string) {
  const pca = caller(sandbox, { product: 'pca', version: '2020-06-30', region: site });
  const { CertificateList } = Authorities.parse(await pca('DescribeCACertificateList'));
  const named = (name: string): string =>
    `${CertificateList.find(({ CommonName }) => CommonName === name)?.Identifier}-${site}`;
  const [old, fresh] = [named('Example Issuing CA'), named('Example Private Root CA')];
  const fault = { kind: 'rebind', listenerId: partnersId, slot: 'ca', certificateId: old };
  await post(sandbox, '/faults', fault);
  const now = await clientOf(sandbox, old);
  const next = await clientOf(sandbox, fresh);
  const identity = async (name: string, { cert, key }: Identity) => {
    const files = { certificate: join(dir, `${name}.pem`), key: join(dir, `${name}-key.pem`) };
    await writeFile(files.certificate, cert);
    await writeFile(files.key, key);
    return {
      name,
      certificate: `file:${files.certificate}`,
      key: `file:${files.key}`,
      listeners: [partnersId],
      mayLose: true,
    };
  };
  return {
    slot: 'ca' as const,
    listenerId: partnersId,
    old,
    fresh,
    config: {
      clientIdentities: [await identity('now', now), await identity('next', next)],
      caReplacements: [{ from: old, to: fresh }],
    },
    clients: new Map([
      [old, now],
      [fresh, next],
    ]),
  };
}

async function clientOf(sandbox: RunningSandbox, ca: string): Promise<Identity> {
  const { certificate, key } = Issued.parse(await post(sandbox, '/client-certificates', { ca }));
  return { cert: certificate, key };
}

async function post(sandbox: RunningSandbox, path: string, body: object): Promise<unknown> {
  const reply = await fetch(`${sandbox.control}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path} refused: ${await reply.text()}`);
  return reply.json();
}
