import {
  type Certificate,
  type CertificateId,
  covers,
  type Fingerprint,
  siteOfRegion,
} from './certificate.ts';
import type { Inventory, KnownListener, ServedAt } from './inventory.ts';
import type { BoundCertificate, ListenerState } from './listener.ts';
import { probeName } from './matrix.ts';
import type { ServedCertificate } from './observation.ts';

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
export function boundOn(known: KnownListener, lookup: CertificateLookup): readonly Bound[] {
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
 * The rows that may answer a client asking for `serverName` (null: no SNI). More than one can: which of two certificates
 * for one name is served is not documented, so either is right. A name that none answers gets the default.
 */
export function answerers(bound: readonly Bound[], serverName: string | null): readonly Bound[] {
  const server = bound.filter(({ row }) => row.slot !== 'ca');
  const named =
    serverName === null
      ? []
      : server.filter(({ certificate }) => certificate !== null && covers(certificate, serverName));
  return named.length > 0 ? named : server.filter(({ row }) => row.slot === 'default');
}

/**
 * The server names worth asking a listener for, beside none: one a server certificate, and if there is one a name that no
 * other certificate of the listener answers, as only that tells them apart.
 */
export function namesToAsk(
  state: Pick<ListenerState, 'bound'>,
  certificateOf: (id: CertificateId) => Certificate | null,
  most: number,
): readonly string[] {
  const certificates = state.bound.flatMap(({ slot, id }) => {
    const certificate = slot === 'ca' ? null : certificateOf(id);
    return certificate === null ? [] : [certificate];
  });
  const names = certificates.flatMap((certificate) => {
    const own = certificate.names.map(probeName).filter(isHostName);
    const others = certificates.filter(({ id }) => id !== certificate.id);
    const telling = own.find((name) => !others.some((other) => covers(other, name)));
    return telling ?? own[0] ?? [];
  });
  return [...new Set(names)].slice(0, most);
}

/** SNI carries host names only (RFC 6066 3): addresses in a certificate cannot be asked for. */
function isHostName(name: string): boolean {
  return !name.includes(':') && !/^[\d.]+$/.test(name);
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
