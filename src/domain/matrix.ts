import type { Certificate } from './certificate.ts';
import type { ClientRule, Expectation } from './expectation.ts';
import { isNamed } from './expectation.ts';
import type { Endpoint } from './listener.ts';
import type { KeyOffer } from './observation.ts';
import type { Cell, Mismatch, MismatchKind, SeenCell, Sight } from './verification.ts';

/** The label that stands in for the `*` of a wildcard name when we must ask for a concrete host. */
const probeLabel = 'newleaf-probe';

/** The key types a client may insist on; a listener may answer each with another certificate. */
const keyOffers: readonly KeyOffer[] = ['rsa', 'ecdsa'];

/** The host name to ask for to be answered by this certificate name (RFC 6125 6.4.3). */
export function probeName(name: string): string {
  return name.startsWith('*.') ? `${probeLabel}${name.slice(1)}` : name;
}

/** Every handshake of a round: endpoint × (no SNI and each name) × key type. */
export function cellsOf(
  endpoints: readonly Endpoint[],
  certificates: readonly Pick<Certificate, 'names'>[],
): readonly Cell[] {
  const names = new Set(certificates.flatMap((certificate) => certificate.names.map(probeName)));
  const serverNames: readonly (string | null)[] = [null, ...[...names].toSorted()];
  return endpoints.flatMap((endpoint) =>
    serverNames.flatMap((serverName) =>
      keyOffers.map((keyType) => ({ endpoint, serverName, keyType })),
    ),
  );
}

/**
 * Looks at client authentication: without a certificate and with each identity. In TLS 1.2 a refusal ends the handshake and the
 * CertificateRequest names the CAs (RFC 5246 7.4.4); left out, whatever both sides know is spoken.
 */
export function clientCells(
  endpoints: readonly Endpoint[],
  identities: readonly { readonly name: string }[],
  newest: Cell['newest'],
): readonly Cell[] {
  const clients: readonly (string | null)[] = [null, ...identities.map(({ name }) => name)];
  return endpoints.flatMap((endpoint) =>
    clients.map((client): Cell => {
      return { endpoint, serverName: null, keyType: 'any', client, newest };
    }),
  );
}

/**
 * The order in which a round asks, as places in `cells`. Nodes that take turns behind an address would each meet the same cells in
 * every round where an address has an even number of them, and what one of them serves would never be seen: every other round
 * begins one cell later there.
 */
export function orderOf(cells: readonly Cell[], round: number): readonly number[] {
  const byAddress = new Map<string, number[]>();
  for (const [at, { endpoint }] of cells.entries()) {
    const key = `${endpoint.address} ${endpoint.port}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), at]);
  }
  return [...byAddress.values()].flatMap((places) => {
    const turn = places.length % 2 === 0 ? round % 2 : 0;
    return [...places.slice(turn), ...places.slice(0, turn)];
  });
}

/** Whether the cell shows what it must; null when it does. */
export function judgeCell(expected: Expectation, sight: Sight): Mismatch | null {
  const kind = mismatchKind(expected, sight);
  if (kind === null) return null;
  const { endpoint, serverName } = expected.cell;
  return {
    kind,
    zone: endpoint.zone,
    address: `${endpoint.address}:${endpoint.port}`,
    serverName,
    expected: expected.wanted.kind === 'leaf' ? expected.wanted.anyOf[0] : null,
    served: sight.kind === 'served' ? sight.fingerprint256 : null,
    detail: detailOf(sight),
    worse: isWorse(expected.was, sight),
  };
}

/** Cells in the order in which they were asked, one per expectation. */
export function pairUp(
  expectations: readonly Expectation[],
  seen: readonly SeenCell[],
): readonly { readonly expected: Expectation; readonly sight: Sight }[] {
  return expectations.map((expected, index) => {
    const sight = seen[index]?.sight ?? { kind: 'failed', reason: 'handshake-failed' };
    return { expected, sight };
  });
}

function mismatchKind(expected: Expectation, sight: Sight): MismatchKind | null {
  const { wanted, was, stale, client, viaGap = false } = expected;
  if (wanted.kind === 'free') return null;
  if (sight.kind === 'failed') return wanted.kind === 'leaf' ? 'not-answering' : null;
  const served = sight.fingerprint256;
  if (wanted.kind === 'open') {
    return served === stale ? 'stale' : soundness(was, sight, client);
  }
  if (wanted.anyOf.includes(served)) return soundness(was, sight, client);
  return served === stale || viaGap ? 'stale' : 'wrong-leaf';
}

type Served = Extract<Sight, { kind: 'served' }>;

/** Trust, names and client authentication must be no worse than before. */
function soundness(was: Sight, sight: Served, rule: ClientRule): MismatchKind | null {
  if (losesTrust(was, sight)) return 'untrusted';
  const wasCovered = was.kind === 'failed' || was.nameCovered !== false;
  if (sight.nameCovered === false && wasCovered) return 'name-not-covered';
  return clientsDiffer(was, sight, rule);
}

/**
 * Only the very same flaw is no loss. A leaf that takes over from an expired one must be trusted: an expiry that hides a broken
 * chain would otherwise be traded for it. A cell that never answered gives no excuse at all.
 */
function losesTrust(was: Sight, sight: Served): boolean {
  if (sight.trust.verdict === 'trusted') return false;
  if (was.kind === 'failed' || was.trust.verdict === 'trusted') return true;
  return was.trust.reason !== sight.trust.reason;
}

function detailOf(sight: Sight): string | null {
  if (sight.kind === 'failed') return sight.reason;
  return sight.trust.verdict === 'trusted' ? null : sight.trust.detail;
}

/** What has become of clients that present a certificate, as far as the rule asks. */
function clientsDiffer(was: Sight, sight: Served, rule: ClientRule): MismatchKind | null {
  if (rule.verdict === 'free') return null;
  if (rule.verdict === 'accepted') {
    // Being told nothing is no refusal, but no proof that the identity still gets in either.
    if (sight.clientAuth === 'required') return 'client-refused';
    if (sight.clientAuth !== 'requested') return 'client-auth-changed';
  }
  if (was.kind === 'failed') return namesDiffer(sight, rule);
  const differs = was.clientAuth !== sight.clientAuth;
  const known = was.clientAuth !== 'unknown' && sight.clientAuth !== 'unknown';
  if (differs && (known || rule.verdict === 'proven')) return 'client-auth-changed';
  return namesDiffer(sight, rule);
}

/** The CA names of a CertificateRequest tell which CA certificate an endpoint really uses. */
function namesDiffer({ caNames = [] }: Served, { names }: ClientRule): MismatchKind | null {
  if (names === null) return null;
  const has = (commonName: string): boolean => caNames.some(isNamed(commonName));
  if (has(names.gone)) return 'stale';
  return has(names.named) ? null : 'client-auth-changed';
}

function isBroken(sight: Sight): boolean {
  return (
    sight.kind === 'failed' || sight.trust.verdict === 'untrusted' || sight.nameCovered === false
  );
}

function isWorse(was: Sight, sight: Sight): boolean {
  if (was.kind === 'served' && sight.kind === 'failed') return true;
  return isBroken(sight) && !isBroken(was);
}
