import { z } from 'zod';
import { siteNames } from '../cas/site.ts';
import type { World } from '../world.ts';
import { issuers } from '../x509/trust.ts';
import { certificateState } from './state.ts';

/** DNS names for a certificate; odd ones pass, and none is longer than the DNS allows. */
export const certificateNames = z
  .array(
    z
      .string()
      .max(253)
      .regex(/^[\w*.-]+$/),
  )
  .min(1)
  .max(100);

const day = 24 * 3_600_000;

/** An order for a certificate. Times are days from now (negative: ago) or ISO; by default issued two days ago for ninety. */
export const certificateOrder = z.strictObject({
  site: z.enum(siteNames).default('cn-hangzhou'),
  names: certificateNames,
  name: z.string().min(1).max(64).optional(),
  notBeforeDays: z.number().min(-36_500).max(36_500).default(-2),
  notAfterDays: z.number().min(-36_500).max(36_500).default(88),
  notBefore: z.iso.datetime().optional(),
  notAfter: z.iso.datetime().optional(),
  keyType: z.enum(['ecdsa', 'rsa']).default('ecdsa'),
  chain: z.enum(['full', 'leaf-only']).default('full'),
  issuer: z.enum(issuers).default('main'),
  origin: z.enum(['issued', 'uploaded']).default('issued'),
});

/** Issues a certificate into a site's store and tells what it became. */
export async function orderCertificate(order: z.output<typeof certificateOrder>, world: World) {
  const now = world.clock.now();
  const issued = await world.trust.issue({
    names: order.names,
    notBefore: new Date(order.notBefore ?? now + order.notBeforeDays * day),
    notAfter: new Date(order.notAfter ?? now + order.notAfterDays * day),
    keyType: order.keyType,
    issuer: order.issuer,
    chain: order.chain,
  });
  const site = world.sites[order.site];
  const stored = site.add({
    name: order.name ?? `ordered-${site.all().length + 1}`,
    chain: issued.chain,
    keyPem: issued.keyPem,
    origin: order.origin,
  });
  return { site: order.site, ...certificateState(stored) };
}
