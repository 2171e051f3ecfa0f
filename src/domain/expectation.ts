import type { Fingerprint, KeyType } from './certificate.ts';
import { covers } from './certificate.ts';
import type { KeyOffer } from './observation.ts';
import type { Cell, Matrix, Sight } from './verification.ts';

/** A certificate as handshakes tell it apart from others. */
interface Leaf {
  readonly fingerprint256: Fingerprint;
  readonly keyType: KeyType | null;
  /** The names it answers for, where they matter. */
  readonly names?: readonly string[] | undefined;
}

/** What a rotation changes in the matrix: every cell that showed the old leaf shall show the new one. */
export interface Change {
  readonly old: Leaf;
  readonly new: Leaf;
}

/** Which of the two certificates server slots hold once a step is done. Both: either may answer; neither: nobody can tell who does. */
export interface Held {
  readonly old: boolean;
  readonly new: boolean;
  /** Neither was held for a while before. Left out: false. */
  readonly viaGap?: boolean | undefined;
}

/** Which leaf a cell must show. `open`: whatever was not there may stay away or come. `free`: nothing is asked of it. */
type Wanted =
  | { readonly kind: 'leaf'; readonly anyOf: readonly [Fingerprint, ...Fingerprint[]] }
  | { readonly kind: 'open' }
  | { readonly kind: 'free' };

/** What one cell must show. `was` is its baseline: no cell may get worse than that. */
export interface Expectation {
  readonly cell: Cell;
  readonly was: Sight;
  readonly wanted: Wanted;
  /** The leaf that must be gone, where there is one. */
  readonly stale: Fingerprint | null;
  /** Whether the cell shows something else on its way: a plan that takes away before it brings leaves the name to another leaf. */
  readonly viaGap?: boolean | undefined;
  readonly client: ClientRule;
}

/** What must hold of clients that present a certificate, or none. */
export interface ClientRule {
  /**
   * `known`: as before, where both sights tell. `proven`: as before, and told. `accepted`: this identity still gets in. `free`: nothing
   * is asked.
   */
  readonly verdict: 'known' | 'proven' | 'accepted' | 'free';
  /** Common names: the one that the CertificateRequest no longer names, and the one that it names instead. Null: not asked. */
  readonly names: { readonly gone: string; readonly named: string } | null;
}

/** What a rotation of the CA slot changes for clients. */
export interface CaChange {
  /** Common names of the CA certificates. */
  readonly old: string;
  readonly new: string;
  /** Identities that need not be accepted any more. */
  readonly mayLose: readonly string[];
}

/** Baseline with the old leaf replaced by the new one, every other cell unchanged. */
export function expectChange(baseline: Matrix, change: Change): readonly Expectation[] {
  return expectStep(baseline, change, { old: false, new: true });
}

/** Baseline as it must be after a step: cells that showed the old leaf show what the server slots hold of the two now. */
export function expectStep(
  baseline: Matrix,
  change: Change,
  held: Held,
  ca: CaChange | null = null,
): readonly Expectation[] {
  const showsOld = baseline.find(({ sight }) => isLeaf(sight, change.old.fingerprint256));
  // What the endpoints showed is surer than what the store says of the old key.
  const oldKeyType = showsOld?.cell.keyType ?? change.old.keyType;
  const keys = { from: oldKeyType, to: change.new.keyType ?? oldKeyType };
  return baseline.map(({ cell, sight }) => ({
    cell,
    was: sight,
    wanted: held.new
      ? wantedAfter(cell, sight, change, { keys, overlaps: held.old })
      : wantedBefore(sight, change, held),
    stale: held.old ? null : change.old.fingerprint256,
    viaGap: held.viaGap === true && isLeaf(sight, change.old.fingerprint256),
    client: ca === null ? asKnown : ruleFor(cell, sight, ca, { gone: ca.old, named: ca.new }),
  }));
}

/** Baseline as it was: what a rollback must show. */
export function expectBaseline(
  baseline: Matrix,
  change: Change,
  ca: CaChange | null = null,
): readonly Expectation[] {
  return baseline.map(({ cell, sight }) => ({
    cell,
    was: sight,
    wanted: sight.kind === 'served' ? leaf(sight.fingerprint256) : open,
    stale: change.new.fingerprint256,
    client:
      ca === null
        ? asKnown
        : ruleFor(cell, sight, { ...ca, mayLose: [] }, { gone: ca.new, named: ca.old }),
  }));
}

/**
 * Without a baseline (the Journal was lost, the target was found bound) only this can be asked: the cells that nothing but the new
 * leaf can answer show it, nobody sees the old one, and what answers is sound.
 */
export function expectLanded(
  cells: readonly Cell[],
  change: Change,
  isAnsweredByNew: (cell: Cell) => boolean = ({ serverName }) => serverName === null,
  ca: CaChange | null = null,
): readonly Expectation[] {
  return cells.map((cell) => ({
    cell,
    was: { kind: 'failed', reason: 'handshake-failed' },
    wanted:
      isAnsweredByNew(cell) && cell.keyType === change.new.keyType
        ? leaf(change.new.fingerprint256)
        : open,
    stale: change.old.fingerprint256,
    client: ca === null ? asKnown : landedRule(cell, ca),
  }));
}

/** Whether any endpoint showed the old leaf: if not, handshakes cannot prove its replacement. */
export function showsLeaf(matrix: Matrix, fingerprint256: Fingerprint): boolean {
  return matrix.some(({ sight }) => isLeaf(sight, fingerprint256));
}

const open: Wanted = { kind: 'open' };

const free: Wanted = { kind: 'free' };

function leaf(...anyOf: readonly [Fingerprint, ...Fingerprint[]]): Wanted {
  return { kind: 'leaf', anyOf };
}

function isLeaf(sight: Sight, fingerprint256: Fingerprint): boolean {
  return sight.kind === 'served' && sight.fingerprint256 === fingerprint256;
}

interface Moving {
  /** The key types of the old and the new leaf. */
  readonly keys: {
    readonly from: KeyOffer | KeyType | null;
    readonly to: KeyOffer | KeyType | null;
  };
  /** Whether the old certificate is still bound beside the new one. */
  readonly overlaps: boolean;
}

/** A new key type moves the leaf from one kind of client to the other; an unchanged one moves nothing. */
function wantedAfter(cell: Cell, was: Sight, change: Change, { keys, overlaps }: Moving): Wanted {
  const fresh = change.new.fingerprint256;
  const moves = keys.from !== keys.to;
  if (was.kind === 'failed') {
    return moves && cell.keyType === keys.to && !overlaps ? leaf(fresh) : open;
  }
  if (!isLeaf(was, change.old.fingerprint256)) return wantedElsewhere(cell, was, change.new);
  if (moves && cell.keyType === keys.from) return free;
  return overlaps ? leaf(fresh, was.fingerprint256) : leaf(fresh);
}

/** A name that nothing answered for may be answered by the new leaf from now on: that makes nothing worse. */
function wantedElsewhere(
  { serverName }: Cell,
  was: Extract<Sight, { kind: 'served' }>,
  { fingerprint256, names = [] }: Leaf,
): Wanted {
  const gains = was.nameCovered === false && serverName !== null && covers({ names }, serverName);
  return gains ? leaf(was.fingerprint256, fingerprint256) : leaf(was.fingerprint256);
}

/** Nothing new answers yet: every cell is as it was, unless the old leaf has been taken away already. */
function wantedBefore(was: Sight, change: Change, held: Held): Wanted {
  if (was.kind === 'failed') return open;
  const isTakenAway = isLeaf(was, change.old.fingerprint256) && !held.old;
  return isTakenAway ? free : leaf(was.fingerprint256);
}

const asKnown: ClientRule = { verdict: 'known', names: null };

/** Whether CA names can tell the two CA certificates apart. */
function areToldApart(ca: CaChange): boolean {
  return ca.old !== '' && ca.new !== '' && ca.old !== ca.new;
}

/** Nobody knows whom the old CA let in: whoever must not be lost gets in now, or a person is asked. */
function landedRule({ client }: Cell, ca: CaChange): ClientRule {
  if (client === undefined) return asKnown;
  if (client !== null) {
    return { verdict: ca.mayLose.includes(client) ? 'free' : 'accepted', names: null };
  }
  return { verdict: 'known', names: areToldApart(ca) ? { gone: ca.old, named: ca.new } : null };
}

/** Cells without a say on client authentication follow the common rule; an identity that was refused may get in now. */
function ruleFor(
  { client }: Cell,
  was: Sight,
  ca: CaChange,
  names: NonNullable<ClientRule['names']>,
): ClientRule {
  if (client === undefined || was.kind === 'failed') return asKnown;
  if (client !== null) {
    const isBound = was.clientAuth === 'requested' && !ca.mayLose.includes(client);
    return { verdict: isBound ? 'accepted' : 'free', names: null };
  }
  const isTold = was.clientAuth !== 'unknown';
  return {
    verdict: isTold ? 'proven' : 'known',
    names: isToldApart(was, ca) ? names : null,
  };
}

/** Only where the CA names told the old one apart can they tell which of the two is there. */
function isToldApart(was: Extract<Sight, { kind: 'served' }>, ca: CaChange): boolean {
  return areToldApart(ca) && was.caNames?.some(isNamed(ca.old)) === true;
}

/** Whether a distinguished name (RFC 4514) has this common name. */
export function isNamed(commonName: string): (name: string) => boolean {
  const wanted = `CN=${commonName}`.toLowerCase();
  return (name) =>
    name
      .split(/(?<!\\)[,+]/)
      .some((part) => part.trim().replaceAll('\\', '').toLowerCase() === wanted);
}
