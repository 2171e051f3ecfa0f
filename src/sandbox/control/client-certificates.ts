import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { siteNames } from '../cas/site.ts';
import type { PrivateCa } from '../pca/private-cas.ts';
import type { World } from '../world.ts';
import { issueLeaf } from '../x509/authority.ts';
import { newKeys } from '../x509/keys.ts';

const day = 24 * 3_600_000;

/** An order for a client certificate below a private CA, which is named as a listener names it. */
export const clientCertificateOrder = z.strictObject({
  ca: z.string().min(1).max(200),
  name: z
    .string()
    .regex(/^[\w.-]+$/)
    .max(100)
    .default('client.example.com'),
});

/**
 * Issues a client certificate and hands out its key, so that a listener with the CA can be called. The private CA service
 * lists it from then on. Null when there is no such private CA.
 */
export async function issueClientCertificate(
  { ca, name }: z.output<typeof clientCertificateOrder>,
  world: World,
) {
  const found = privateCa(ca, world);
  if (found === null) return null;
  const { holder, site } = found;
  const now = world.clock.now();
  const keys = await newKeys('ecdsa');
  const validity = { notBefore: new Date(now - day), notAfter: new Date(now + 365 * day) };
  const pem = await issueLeaf(
    holder.authority,
    { names: [name], ...validity, use: 'client' },
    keys,
  );
  const { privateCas } = world.sites[site];
  const identifier = randomBytes(16).toString('hex');
  const parentIdentifier = holder.identifier;
  privateCas.addCertificate({ identifier, parentIdentifier, type: 'CLIENT', alias: name, pem });
  return { identifier, certificate: pem, key: keys.privatePem, chain: holder.chain };
}

function privateCa(id: string, world: World) {
  for (const site of siteNames) {
    const bare = id.endsWith(`-${site}`) ? id.slice(0, -(site.length + 1)) : null;
    const holder: PrivateCa | null = bare === null ? null : world.sites[site].privateCas.find(bare);
    if (holder !== null) return { holder, site };
  }
  return null;
}
