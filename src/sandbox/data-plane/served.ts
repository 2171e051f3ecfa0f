import type { Sites } from '../cas/site.ts';
import { siteOfRegion } from '../cas/site.ts';
import type { Listener } from '../nlb/model.ts';
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
  readonly additional: readonly ServedCertificate[];
  /** PEM of the CA that clients must be signed by; null when clients are not asked. */
  readonly clientCa: string | null;
  readonly securityPolicyId: string;
  /** Protocols offered by ALPN, in the order of preference; empty when it is off. */
  readonly alpn: readonly string[];
}

/**
 * What a listener's bindings make a zone serve. Certificates deleted from the store are taken from `held`, what the zone
 * has now. Null when there is no default certificate to serve.
 */
export function servedBy(listener: Listener, sites: Sites, held: Served | null): Served | null {
  const find = (id: string) => copyOf(id, listener, sites) ?? heldCopy(id, held);
  const first = listener.certificateId === null ? null : find(listener.certificateId);
  if (listener.protocol !== 'TCPSSL' || first === null) return null;
  return {
    default: first,
    additional: listener.additional
      .filter((row) => row.status !== 'Associating')
      .flatMap((row) => find(row.certificateId) ?? []),
    clientCa: clientCa(listener, sites),
    securityPolicyId: listener.securityPolicyId,
    alpn: listener.alpnEnabled ? alpnOf(listener) : [],
  };
}

/** The certificate for a server name: an exact match before a wildcard, the default before the others, else the default. */
export function chooseCertificate(served: Served, serverName: string | null): ServedCertificate {
  if (serverName === null) return served.default;
  const all = [served.default, ...served.additional];
  const matching = (how: 'exact' | 'wildcard') =>
    all.find((each) => each.names.some((name) => nameMatches(name, serverName) === how));
  return matching('exact') ?? matching('wildcard') ?? served.default;
}

function copyOf(id: string, listener: Listener, sites: Sites): ServedCertificate | null {
  const stored = sites[siteOfRegion(listener.region)].find(id);
  if (stored === null) return null;
  return {
    certificateId: id,
    fingerprint256: stored.facts.sha256,
    names: stored.facts.names,
    chain: stored.chain,
    keyPem: stored.keyPem,
  };
}

function heldCopy(id: string, held: Served | null): ServedCertificate | null {
  if (held === null) return null;
  return [held.default, ...held.additional].find((each) => each.certificateId === id) ?? null;
}

function clientCa(listener: Listener, sites: Sites): string | null {
  if (!listener.caEnabled || listener.caCertificateId === null) return null;
  return sites[siteOfRegion(listener.region)].findCa(listener.caCertificateId)?.pem ?? null;
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
