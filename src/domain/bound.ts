import {
  type Certificate,
  type CertificateId,
  covers,
  type Fingerprint,
  type KeyType,
  siteOfRegion,
} from './certificate.ts';
import type { Inventory, KnownListener, ServedAt } from './inventory.ts';
import type { BoundCertificate } from './listener.ts';
import type { KeyOffer, ServedCertificate } from './observation.ts';

/** One row of a listener with the best facts there are about its certificate. */
export interface Bound {
  readonly row: BoundCertificate;
  /** Null when neither a store nor a handshake told anything. */
  readonly certificate: Certificate | null;
}

/** Finds the facts about a bound id; null when no store listing has shown it. */
export type CertificateLookup = (account: string, id: CertificateId) => Certificate | null;

/** A lookup that does not search: inventories hold thousands of certificates. */
export function certificateLookup(inventory: Pick<Inventory, 'certificates'>): CertificateLookup {
  const known = new Map(
    inventory.certificates.map(({ account, certificate }) => [
      `${account}/${certificate.id}`,
      certificate,
    ]),
  );
  return (account, id) => known.get(`${account}/${id}`) ?? null;
}

/**
 * The rows of a listener with their facts. A leaf seen in a handshake gives exact dates. Where the store is silent about
 * the default certificate, the leaf that every endpoint shows to clients without SNI stands in for it.
 */
export function boundOn(
  known: Pick<KnownListener, 'state' | 'served'>,
  lookup: CertificateLookup,
): readonly Bound[] {
  const { ref, bound } = known.state;
  const leaves = leavesOf(known.served);
  return bound.map((row) => {
    const stored = lookup(ref.account, row.id);
    if (stored !== null) return { row, certificate: withExactDates(stored, leaves) };
    const shown = row.slot === 'default' ? agreedDefault(known.served) : null;
    return { row, certificate: shown === null ? null : fromLeaf(row.id, ref.region, shown) };
  });
}

/**
 * The rows that may answer a client asking for `serverName` (null: no SNI) that takes keys of `keyType`. More than one can: which
 * of two certificates for one name is served is not documented, so either is right. A name that none answers gets the default.
 */
export function answerers(
  bound: readonly Bound[],
  { serverName, keyType }: { readonly serverName: string | null; readonly keyType: KeyOffer },
): readonly Bound[] {
  const server = bound.filter(({ row }) => row.slot !== 'ca');
  const named =
    serverName === null
      ? []
      : server.filter(({ certificate }) => certificate !== null && covers(certificate, serverName));
  const ofType = named.filter(({ certificate }) => suits(certificate?.keyType ?? null, keyType));
  if (ofType.length > 0) return ofType;
  return named.length > 0 ? named : server.filter(({ row }) => row.slot === 'default');
}

/** A certificate whose key is not known suits any client. */
function suits(key: KeyType | null, offer: KeyOffer): boolean {
  return offer === 'any' || key === null || key === offer;
}

function leavesOf(served: readonly ServedAt[]): ReadonlyMap<Fingerprint, ServedCertificate> {
  return new Map(
    served.flatMap(({ observation }) =>
      observation.kind === 'served'
        ? [[observation.leaf.fingerprint256, observation.leaf] as const]
        : [],
    ),
  );
}

function withExactDates(
  stored: Certificate,
  leaves: ReadonlyMap<Fingerprint, ServedCertificate>,
): Certificate {
  const leaf = stored.fingerprint256 === null ? undefined : leaves.get(stored.fingerprint256);
  if (leaf === undefined) return stored;
  return { ...stored, notBefore: leaf.notBefore, notAfter: leaf.notAfter };
}

function agreedDefault(served: readonly ServedAt[]): ServedCertificate | null {
  const leaves = leavesOf(served.filter(({ serverName }) => serverName === null));
  const [leaf] = leaves.values();
  return leaves.size === 1 && leaf !== undefined ? leaf : null;
}

function fromLeaf(id: CertificateId, region: string, leaf: ServedCertificate): Certificate {
  return {
    id,
    site: siteOfRegion(region),
    label: '',
    fingerprint256: leaf.fingerprint256,
    names: leaf.names,
    keyType: leaf.keyType,
    keyBits: null,
    issuer: leaf.issuer,
    selfSigned: leaf.issuer === leaf.subject,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    revoked: false,
  };
}
