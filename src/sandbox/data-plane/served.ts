import {
  type BindableCertificate,
  type CertificateSite,
  siteNames,
  siteOfRegion,
  type Sites,
} from '../cas/site.ts';
import type { Listener } from '../nlb/model.ts';
import type { Overlap } from '../options.ts';
import { nameMatches } from '../x509/facts.ts';

/** A certificate as a zone holds it: a copy, which outlives the one in the store. */
export interface ServedCertificate {
  readonly certificateId: string;
  readonly fingerprint256: string;
  readonly names: readonly string[];
  readonly chain: readonly string[];
  readonly keyPem: string;
}

/** What one zone of a listener serves. */
export interface Served {
  readonly default: ServedCertificate;
  /** In the order in which they were associated. */
  readonly additional: readonly ServedCertificate[];
  /** PEM of the CA that clients must be signed by; null when clients are not asked. */
  readonly clientCa: string | null;
  readonly securityPolicyId: string;
  /** Protocols offered by ALPN, in the order of preference; empty when it is off. */
  readonly alpn: readonly string[];
}

/**
 * What a listener's bindings make a zone serve, certificates that were deleted since included. Null when there is no default
 * certificate to serve.
 */
export function servedBy(listener: Listener, sites: Sites): Served | null {
  if (listener.protocol !== 'TCPSSL' || listener.certificateId === null) return null;
  const site = sites[siteOfRegion(listener.region)];
  const find = (id: string) => copyOf(site.copyOf(id));
  const first = find(listener.certificateId);
  if (first === null) return null;
  return {
    default: first,
    additional: listener.additional
      .filter((row) => row.status !== 'Associating')
      .flatMap((row) => find(row.certificateId) ?? []),
    clientCa: clientCa(listener, site),
    securityPolicyId: listener.securityPolicyId,
    alpn: listener.alpnEnabled ? alpnOf(listener) : [],
  };
}

/**
 * The certificate for a server name: one that names it exactly, else one whose wildcard covers it, else the default. The
 * documentation does not say which of several that match equally well is served, so `overlap` does: the oldest binding or the
 * newest. The default counts as the oldest, however often it was replaced. Key types play no part.
 */
export function chooseCertificate(
  served: Served,
  serverName: string | null,
  overlap: Overlap,
): ServedCertificate {
  if (serverName === null) return served.default;
  const oldestFirst = [served.default, ...served.additional];
  const all = overlap === 'oldest' ? oldestFirst : oldestFirst.toReversed();
  const matching = (how: 'exact' | 'wildcard') =>
    all.find((each) => each.names.some((name) => nameMatches(name, serverName) === how));
  return matching('exact') ?? matching('wildcard') ?? served.default;
}

/** A certificate of any site that could be served; null when there is none of that id. */
export function findCertificate(id: string, sites: Sites): ServedCertificate | null {
  for (const name of siteNames) {
    const found = copyOf(sites[name].find(id));
    if (found !== null) return found;
  }
  return null;
}

function copyOf(stored: BindableCertificate | null): ServedCertificate | null {
  if (stored === null) return null;
  return {
    certificateId: stored.identifier,
    fingerprint256: stored.facts.sha256,
    names: stored.facts.names,
    chain: stored.chain,
    keyPem: stored.keyPem,
  };
}

function clientCa(listener: Listener, site: CertificateSite): string | null {
  if (!listener.caEnabled || listener.caCertificateId === null) return null;
  return site.findCa(listener.caCertificateId)?.pem ?? null;
}

function alpnOf(listener: Listener): readonly string[] {
  switch (listener.alpnPolicy) {
    case 'HTTP1Only':
      return ['http/1.1', 'http/1.0'];
    case 'HTTP2Only':
      return ['h2'];
    case 'HTTP2Preferred':
      return ['h2', 'http/1.1', 'http/1.0'];
    case 'HTTP2Optional':
      return ['http/1.1', 'http/1.0', 'h2'];
    case null:
      return [];
  }
}
