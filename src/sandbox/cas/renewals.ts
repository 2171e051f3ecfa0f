import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import type { World } from '../world.ts';
import { readRequest, signedForRequest } from './certificate-request.ts';
import { newTags, tagsFrom } from './certificates.ts';
import { badRequest, notAPackage, notExpiring } from './errors.ts';
import type { CertificateOrder } from './order-book.ts';
import { orderStatus } from './order-status.ts';
import { requireOrder, requireSite } from './require.ts';
import type { CertificateSite, StoredCertificate } from './site.ts';

const day = 24 * 3_600_000;
const usualLife = 90 * day;

/**
 * Renews an order that is about to expire: a new order, and after the time of a job a new certificate for the same names
 * in the same site. Nothing is bound anew. What the real service waits for in between, an application by hand, the sandbox
 * sees to itself. An order may be renewed more than once; whether the service allows that is not documented.
 */
export const renewCertificateOrder = operation(
  'RenewCertificateOrderForPackageRequest',
  z.object({
    OrderId: integer(1, Number.MAX_SAFE_INTEGER),
    Csr: text({ max: 20_000 }).optional(),
    Tags: newTags,
  }),
  (params, call) => {
    const site = requireSite(call);
    const order = requireOrder(params.OrderId, call);
    checkRenewable(order, site, call.world.clock.now());
    const csr = params.Csr ?? null;
    const asked = csr === null ? null : readRequest(csr);
    if (csr !== null && asked === null) throw refusalOf(badRequest);
    const renewal = site.orders.place({
      kind: 'CPACK',
      names: order.names,
      algorithm: asked?.algorithm ?? order.algorithm,
      boughtAt: call.world.clock.now(),
      stage: { kind: 'payed' },
    });
    const life = lifeOf(order);
    const tags = tagsFrom(params.Tags);
    void carryOut({ renewal, site, world: call.world, life, csr, tags });
    return { OrderId: renewal.id };
  },
);

function checkRenewable(order: CertificateOrder, site: CertificateSite, now: number): void {
  if (order.kind === 'BUY') throw refusalOf(notAPackage);
  if (orderStatus(order, site, now) !== 'WILLEXPIRED') throw refusalOf(notExpiring);
}

interface Renewal {
  readonly renewal: CertificateOrder;
  readonly site: CertificateSite;
  readonly world: World;
  /** How long the certificate shall be valid, in milliseconds. */
  readonly life: number;
  /** PEM; null when the service makes the key. */
  readonly csr: string | null;
  readonly tags: StoredCertificate['tags'];
}

/**
 * `payed`, `process`, `certificate`, unless somebody has moved the order meanwhile. Nobody waits for it: the pauses keep no
 * process alive, and a world thrown away by a reset just gets a certificate that nobody sees.
 */
async function carryOut(work: Renewal): Promise<void> {
  const { renewal, site, world } = work;
  const half = world.settings.jobMillis / 2;
  await pause(half, undefined, { ref: false });
  if (site.orders.get(renewal.id)?.stage.kind !== 'payed') return;
  site.orders.move(renewal.id, { kind: 'process' });
  await pause(half, undefined, { ref: false });
  const made = await issue(work).catch(() => null);
  if (site.orders.get(renewal.id)?.stage.kind !== 'process') return;
  if (made === null) {
    site.orders.move(renewal.id, { kind: 'verify-fail' });
    return;
  }
  const name = `cert-${renewal.id}`;
  site.add({ ...made, name, origin: 'issued', order: renewal, tags: work.tags });
}

/** Rejects when the request is not signed with its own key. */
async function issue({ renewal, world, life, csr }: Renewal): Promise<{
  readonly chain: readonly string[];
  readonly keyPem: string | null;
}> {
  const notBefore = new Date(world.clock.now());
  const validity = { names: renewal.names, notBefore, notAfter: new Date(+notBefore + life) };
  const keyType = renewal.algorithm === 'RSA' ? 'rsa' : 'ecdsa';
  if (csr !== null) {
    const authority = await world.trust.authorityFor(keyType);
    return { chain: await signedForRequest(csr, validity, authority), keyPem: null };
  }
  return world.trust.issue({
    ...validity,
    keyType,
    issuer: 'main',
    chain: 'full',
  });
}

function lifeOf({ stage }: CertificateOrder): number {
  if (stage.kind !== 'issued') return usualLife;
  return stage.certificate.facts.notAfter - stage.certificate.facts.notBefore;
}
