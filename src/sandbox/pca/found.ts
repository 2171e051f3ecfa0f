import { warehouses } from '../cas/repository-store.ts';
import { type CertificateSite, siteNames } from '../cas/site.ts';
import type { World } from '../world.ts';
import { issueLeaf } from '../x509/authority.ts';
import { newKeys } from '../x509/keys.ts';
import { createCa } from './create-ca.ts';
import type { PrivateCa } from './private-cas.ts';

const day = 24 * 3_600_000;
const year = 365 * day;
const holder = { organization: 'Example Ltd', country: 'CN' } as const;

/**
 * Gives both sites of an empty world their CAs: with the private CA service a root, one below it that issues, and one that
 * was revoked; in the repository one that ends soon, one that was revoked, and a client certificate that was brought.
 * The same in every seed, under the same identifiers, so that a listener of a seed can be given any of them.
 */
export async function foundCas(world: World): Promise<void> {
  await Promise.all(
    siteNames.map(async (name, index) => {
      const site = world.sites[name];
      await foundPrivateCas(site, index + 1, world.clock.now());
      await fillRepository(site, index + 1, world);
    }),
  );
}

/** The number at the end makes the identifiers of the sites differ. */
async function foundPrivateCas(site: CertificateSite, number: number, now: number): Promise<void> {
  const root = await found(site, null, {
    identifier: `160ae6bb538d538c70c01f81dcf2000${number}`,
    alias: 'root',
    name: 'Example Private Root CA',
    starts: now - 2 * year,
    ends: now + 8 * year,
  });
  const retired = await found(site, root, {
    identifier: `1a83bcbb89e562885e40aa0108f5000${number}`,
    alias: 'retired',
    name: 'Example Retired CA',
    starts: now - year,
    ends: now + 2 * year,
  });
  site.privateCas.revoke(retired.identifier);
  const issuing = await found(site, root, {
    identifier: `1ef79512-569b-6a4e-9105-9b914735000${number}`,
    alias: 'issuing',
    name: 'Example Issuing CA',
    starts: now - year,
    ends: now + 4 * year,
  });
  await issueSome(site, issuing, number, now);
}

interface Plan {
  readonly identifier: string;
  readonly alias: string;
  readonly name: string;
  readonly starts: number;
  readonly ends: number;
}

async function found(
  site: CertificateSite,
  parent: PrivateCa | null,
  plan: Plan,
): Promise<PrivateCa> {
  const authority = await createCa(parent?.authority ?? null, {
    name: { commonName: plan.name, ...holder },
    notBefore: new Date(plan.starts),
    notAfter: new Date(plan.ends),
  });
  return site.privateCas.add({
    identifier: plan.identifier,
    parentIdentifier: parent?.identifier ?? null,
    instanceId: `cas_deposit-cn-${plan.alias}01`,
    alias: plan.alias,
    authority,
  });
}

/** Two for clients, of which one was revoked, and one for a server inside. */
async function issueSome(
  site: CertificateSite,
  ca: PrivateCa,
  number: number,
  now: number,
): Promise<void> {
  const plans = [
    { name: 'robot.example.com', type: 'CLIENT', revoked: false },
    { name: 'lost.example.com', type: 'CLIENT', revoked: true },
    { name: 'inside.example.com', type: 'SERVER', revoked: false },
  ] as const;
  const made = await Promise.all(
    plans.map(async ({ name, type }) => {
      const validity = { notBefore: new Date(now - 30 * day), notAfter: new Date(now + 335 * day) };
      const use = type === 'CLIENT' ? 'client' : 'server';
      return issueLeaf(ca.authority, { names: [name], ...validity, use }, await newKeys('ecdsa'));
    }),
  );
  plans.forEach(({ name, type, revoked }, index) => {
    const identifier = `190ae6bb538d538c70c01f81dcf${index}000${number}`;
    const alias = name.split('.')[0] ?? name;
    const pem = made[index] ?? '';
    site.privateCas.addCertificate({
      identifier,
      parentIdentifier: ca.identifier,
      type,
      alias,
      pem,
    });
    if (revoked) site.privateCas.revoke(identifier);
  });
}

async function fillRepository(site: CertificateSite, number: number, world: World): Promise<void> {
  const now = world.clock.now();
  const ca = async (name: string, ends: number) =>
    createCa(null, {
      name: { commonName: name, ...holder },
      notBefore: new Date(now - 3 * year),
      notAfter: new Date(ends),
    });
  const [ending, withdrawn, client] = await Promise.all([
    ca('Example Partner CA 2023', now + 12 * day),
    ca('Example Withdrawn CA', now + 3 * year),
    world.trust.issueClient('partner.example.com'),
  ]);
  const { id } = warehouses.uploaded;
  const [cert = ''] = client.chain;
  site.addToRepository(`14dcc8afc7570${number}`, id, cert, { kind: 'CERT', hasKey: true });
  const revoked = `14dcc8afc7571${number}`;
  site.addToRepository(revoked, id, withdrawn.pem);
  site.revokeInRepository(revoked);
  site.addToRepository(`14dcc8afc7572${number}`, id, ending.pem);
}
