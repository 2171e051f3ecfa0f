import { z } from 'zod';
import { type CertificateSite, siteNames } from '../cas/site.ts';
import type { World } from '../world.ts';

/** Which certificate to take back: a server certificate, a CA's or one below a private CA, by the id that ends in its site. */
export const revocation = z.strictObject({ id: z.string().min(1).max(200) });

/**
 * Revokes a certificate, as its authority or its owner would. Answers why it cannot be, or null when it is done. Uploaded
 * server certificates are not the service's to revoke.
 */
export function revoke({ id }: z.output<typeof revocation>, world: World): string | null {
  const name = siteNames.find((each) => id.endsWith(`-${each}`));
  if (name === undefined) return `${id} does not end in one of ${siteNames.join(', ')}`;
  const site = world.sites[name];
  const bare = id.slice(0, -(name.length + 1));
  return site.revokeInRepository(bare) ? null : revokeIssued(Number(bare), site);
}

function revokeIssued(id: number, site: CertificateSite): string | null {
  const certificate = site.get(id);
  if (certificate === null) return `no certificate ${id} in ${site.name}`;
  if (certificate.origin.kind === 'uploaded') return `${certificate.identifier} was uploaded`;
  site.revoke(id);
  return null;
}
