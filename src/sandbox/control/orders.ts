import { z } from 'zod';
import type { CertificateOrder, OrderStage } from '../cas/order-book.ts';
import { type CertificateSite, siteNames } from '../cas/site.ts';
import type { World } from '../world.ts';
import { certificateNames } from './certificates.ts';

const day = 24 * 3_600_000;

/**
 * An order in any state, or, with `orderId`, the new state of one there is. States are spelt as the API spells them. Times
 * are days from now, for the state `certificate`.
 */
export const certificateOrderState = z.strictObject({
  site: z.enum(siteNames).default('cn-hangzhou'),
  orderId: z.int().min(1).optional(),
  type: z.enum(['CPACK', 'BUY']).default('CPACK'),
  names: certificateNames.default(['ordered.example.com']),
  state: z.enum(['payed', 'process', 'domain_verify', 'verify_fail', 'unknow', 'certificate']),
  /** How the names are proven: by a DNS record of one of two types, or by a file. */
  proof: z.enum(['TXT', 'CNAME', 'FILE']).default('TXT'),
  keyType: z.enum(['ecdsa', 'rsa']).default('ecdsa'),
  notBeforeDays: z.number().min(-36_500).max(36_500).default(-2),
  notAfterDays: z.number().min(-36_500).max(36_500).default(88),
});

type Wanted = z.output<typeof certificateOrderState>;

/** Places an order, or finds it, and brings it to the state. Null when there is no order of that id. */
export async function placeOrder(wanted: Wanted, world: World) {
  const site = world.sites[wanted.site];
  const order =
    wanted.orderId === undefined ? place(wanted, world) : site.orders.get(wanted.orderId);
  if (order === null) return null;
  if (wanted.state === 'certificate') await fulfil(order, wanted, world);
  else site.orders.move(order.id, stageOf({ ...wanted, state: wanted.state }));
  return described(site, order, wanted.state);
}

function place(wanted: Wanted, world: World): CertificateOrder {
  return world.sites[wanted.site].orders.place({
    kind: wanted.type,
    names: wanted.names,
    algorithm: wanted.keyType === 'rsa' ? 'RSA' : 'ECC',
    boughtAt: world.clock.now(),
    stage: { kind: 'payed' },
  });
}

async function fulfil(order: CertificateOrder, wanted: Wanted, world: World): Promise<void> {
  const now = world.clock.now();
  const made = await world.trust.issue({
    names: order.names,
    notBefore: new Date(now + wanted.notBeforeDays * day),
    notAfter: new Date(now + wanted.notAfterDays * day),
    keyType: order.algorithm === 'RSA' ? 'rsa' : 'ecdsa',
    issuer: 'main',
    chain: 'full',
  });
  world.sites[wanted.site].add({ ...made, name: `cert-${order.id}`, origin: 'issued', order });
}

function stageOf(wanted: {
  readonly state: Exclude<Wanted['state'], 'certificate'>;
  readonly proof: Wanted['proof'];
}): OrderStage {
  switch (wanted.state) {
    case 'payed':
    case 'process':
      return { kind: wanted.state };
    case 'domain_verify':
      return { kind: 'domain-verify', method: wanted.proof };
    case 'verify_fail':
      return { kind: 'verify-fail' };
    case 'unknow':
      return { kind: 'unknown' };
  }
}

function described(site: CertificateSite, { id }: CertificateOrder, state: Wanted['state']) {
  const order = site.orders.get(id);
  const certificate = order?.stage.kind === 'issued' ? order.stage.certificate.identifier : null;
  return { site: site.name, orderId: id, instanceId: order?.instanceId, state, certificate };
}
