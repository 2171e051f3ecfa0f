import type { Certificate, Fingerprint, KeyType } from './certificate.ts';
import type { Endpoint } from './listener.ts';
import type { KeyOffer } from './observation.ts';
import type { Cell, Matrix, Mismatch, MismatchKind, SeenCell, Sight } from './verification.ts';

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

/** What a rotation changes in the matrix: every cell that showed the old leaf shall show the new one. */
export interface Change {
  readonly old: { readonly fingerprint256: Fingerprint; readonly keyType: KeyType | null };
  readonly new: { readonly fingerprint256: Fingerprint; readonly keyType: KeyType | null };
}

/** Which leaf a cell must show. `open`: whatever was not there may stay away or come. `free`: nothing is asked of it. */
type Wanted =
  | { readonly kind: 'leaf'; readonly fingerprint256: Fingerprint }
  | { readonly kind: 'open' }
  | { readonly kind: 'free' };

/** What one cell must show. `was` is its baseline: no cell may get worse than that. */
export interface Expectation {
  readonly cell: Cell;
  readonly was: Sight;
  readonly wanted: Wanted;
  /** The leaf that must be gone, where there is one. */
  readonly stale: Fingerprint | null;
}

/** Baseline with the old leaf replaced by the new one, every other cell unchanged. */
export function expectChange(baseline: Matrix, change: Change): readonly Expectation[] {
  const showsOld = baseline.find(({ sight }) => isLeaf(sight, change.old.fingerprint256));
  // What the endpoints showed is surer than what the store says of the old key.
  const oldKeyType = showsOld?.cell.keyType ?? change.old.keyType;
  const keys = { from: oldKeyType, to: change.new.keyType ?? oldKeyType };
  return baseline.map(({ cell, sight }) => ({
    cell,
    was: sight,
    wanted: wantedAfter(cell, sight, change, keys),
    stale: change.old.fingerprint256,
  }));
}

/** Baseline as it was: what a rollback must show. */
export function expectBaseline(baseline: Matrix, change: Change): readonly Expectation[] {
  return baseline.map(({ cell, sight }) => ({
    cell,
    was: sight,
    wanted: sight.kind === 'served' ? leaf(sight.fingerprint256) : open,
    stale: change.new.fingerprint256,
  }));
}

/**
 * Without a baseline (the Journal was lost, the target was found bound) only this can be asked: whoever names no server
 * sees the new leaf, nobody sees the old one, and what answers is sound.
 */
export function expectLanded(cells: readonly Cell[], change: Change): readonly Expectation[] {
  return cells.map((cell) => ({
    cell,
    was: { kind: 'failed', reason: 'handshake-failed' },
    wanted:
      cell.serverName === null && cell.keyType === change.new.keyType
        ? leaf(change.new.fingerprint256)
        : open,
    stale: change.old.fingerprint256,
  }));
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
    expected: expected.wanted.kind === 'leaf' ? expected.wanted.fingerprint256 : null,
    served: sight.kind === 'served' ? sight.fingerprint256 : null,
    detail: detailOf(sight),
    worse: isWorse(expected.was, sight),
  };
}

/** Whether any endpoint showed the old leaf: if not, handshakes cannot prove its replacement. */
export function showsLeaf(matrix: Matrix, fingerprint256: Fingerprint): boolean {
  return matrix.some(({ sight }) => isLeaf(sight, fingerprint256));
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

const open: Wanted = { kind: 'open' };

function leaf(fingerprint256: Fingerprint): Wanted {
  return { kind: 'leaf', fingerprint256 };
}

function isLeaf(sight: Sight, fingerprint256: Fingerprint): boolean {
  return sight.kind === 'served' && sight.fingerprint256 === fingerprint256;
}

/** A new key type moves the leaf from one kind of client to the other; an unchanged one moves nothing. */
function wantedAfter(
  cell: Cell,
  was: Sight,
  change: Change,
  keys: { readonly from: KeyOffer | KeyType | null; readonly to: KeyOffer | KeyType | null },
): Wanted {
  const moves = keys.from !== keys.to;
  if (was.kind === 'failed') {
    return moves && cell.keyType === keys.to ? leaf(change.new.fingerprint256) : open;
  }
  if (!isLeaf(was, change.old.fingerprint256)) return leaf(was.fingerprint256);
  return moves && cell.keyType === keys.from ? { kind: 'free' } : leaf(change.new.fingerprint256);
}

function mismatchKind(expected: Expectation, sight: Sight): MismatchKind | null {
  const { wanted, was, stale } = expected;
  if (wanted.kind === 'free') return null;
  if (sight.kind === 'failed') return wanted.kind === 'leaf' ? 'not-answering' : null;
  const served = sight.fingerprint256;
  if (wanted.kind === 'open') {
    return served === stale ? 'stale' : soundness(was, sight);
  }
  if (served === wanted.fingerprint256) return soundness(was, sight);
  return served === stale ? 'stale' : 'wrong-leaf';
}

/** Trust, names and client authentication must be no worse than before. */
function soundness(was: Sight, sight: Extract<Sight, { kind: 'served' }>): MismatchKind | null {
  if (losesTrust(was, sight)) return 'untrusted';
  const wasCovered = was.kind === 'failed' || was.nameCovered !== false;
  if (sight.nameCovered === false && wasCovered) return 'name-not-covered';
  return changesClientAuth(was, sight) ? 'client-auth-changed' : null;
}

/**
 * Only the very same flaw is no loss. A leaf that takes over from an expired one must be trusted: an expiry that hides a broken
 * chain would otherwise be traded for it. A cell that never answered gives no excuse at all.
 */
function losesTrust(was: Sight, sight: Extract<Sight, { kind: 'served' }>): boolean {
  if (sight.trust.verdict === 'trusted') return false;
  if (was.kind === 'failed' || was.trust.verdict === 'trusted') return true;
  return was.trust.reason !== sight.trust.reason;
}

function detailOf(sight: Sight): string | null {
  if (sight.kind === 'failed') return sight.reason;
  return sight.trust.verdict === 'trusted' ? null : sight.trust.detail;
}

function changesClientAuth(was: Sight, sight: Extract<Sight, { kind: 'served' }>): boolean {
  if (was.kind === 'failed') return false;
  const known = was.clientAuth !== 'unknown' && sight.clientAuth !== 'unknown';
  return known && was.clientAuth !== sight.clientAuth;
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
