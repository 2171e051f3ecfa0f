import {
  type Certificate,
  type CertificateId,
  covers,
  type StoreSite,
  siteOfRegion,
} from '../../domain/certificate.ts';
import type { Missing } from '../../domain/inventory.ts';
import type { BoundCertificate, ListenerState } from '../../domain/listener.ts';
import { refine } from '../../domain/refine.ts';
import type { CaReplacement } from '../../domain/rules.ts';
import type { CertificateStore, CloudAccount } from '../../ports/listeners.ts';
import { isRefusal, missingFrom } from './failure.ts';
import { inParallel } from './in-parallel.ts';

const resolvesAtOnce = 4;

/** So many failures, and nothing but failures, mean that the store cannot be asked now: one for each of those asked at once. */
const hopelessAfter = resolvesAtOnce;

/** How long before its end a bound certificate's possible successors are worth a call for their exact dates. */
const renewalHorizon = 45 * 86_400_000;

/** Of several possible successors only the longest lived are ever chosen. */
const renewalsResolved = 3;

export interface FoundCertificates {
  readonly certificates: readonly Certificate[];
  readonly missing: readonly Missing[];
}

/** What decides which certificates of a store are worth a closer look. */
interface Around {
  readonly states: readonly ListenerState[];
  readonly now: Date;
  /** CA certificates that are to come; they are looked up together with those that they replace. */
  readonly caReplacements: readonly CaReplacement[];
  /** CA certificates that open requests name. */
  readonly requested: readonly CertificateId[];
}

/**
 * Every certificate of one store site, expired ones too, with exact dates for those the listeners hold and for those that
 * may soon replace them, and the CA certificates the listeners verify clients with. Rejects only when aborted.
 */
export async function readStore(
  account: CloudAccount,
  site: StoreSite,
  around: Around,
  signal: AbortSignal,
): Promise<FoundCertificates> {
  const store = account.stores(site);
  const server = await readServerCertificates(store, around, signal);
  const bound = boundIds(around.states, site, isAuthority);
  const coming = around.caReplacements.filter(({ from }) => bound.includes(from));
  const ids = new Set([...bound, ...coming.map(({ to }) => to), ...around.requested]);
  const ca = await store.authorities([...ids], signal);
  return {
    certificates: [...server.certificates, ...ca.certificates],
    missing: [...server.missing, ...ca.missing],
  };
}

async function readServerCertificates(
  store: CertificateStore,
  around: Around,
  signal: AbortSignal,
): Promise<FoundCertificates> {
  const listed = await listStore(store, signal);
  if (listed.refused) return { certificates: [...listed.rows.values()], missing: listed.missing };
  const bound = boundIds(around.states, store.site, (row) => !isAuthority(row));
  const boundFound = await resolveAll(store, bound, listed.rows, signal);
  const renewals = likelyRenewals(bound, boundFound.rows, around.now);
  const all = await resolveAll(store, renewals, boundFound.rows, signal);
  return {
    certificates: [...all.rows.values()],
    missing: [...listed.missing, ...boundFound.missing, ...all.missing],
  };
}

type Rows = ReadonlyMap<CertificateId, Certificate>;

async function listStore(
  store: CertificateStore,
  signal: AbortSignal,
): Promise<{ rows: Rows; missing: readonly Missing[]; refused: boolean }> {
  const rows = new Map<CertificateId, Certificate>();
  try {
    for await (const row of store.list(signal)) rows.set(row.id, row);
    return { rows, missing: [], refused: false };
  } catch (error) {
    signal.throwIfAborted();
    const missing = missingFrom(error, placeOf(store, 'ListUserCertificateOrder'));
    return { rows, missing: [missing], refused: isRefusal(error) };
  }
}

/**
 * A failed detail call hides nothing while the list's row is there: its dates are only less exact. A store that does not answer
 * is soon given up: each call takes its time to fail, and there may be hundreds to make.
 */
async function resolveAll(
  store: CertificateStore,
  ids: readonly CertificateId[],
  rows: Rows,
  signal: AbortSignal,
): Promise<{ rows: Rows; missing: readonly Missing[] }> {
  const resolved = new Map(rows);
  const missing = new Map<string, Missing>();
  let failures: readonly unknown[] = [];
  await inParallel(ids, resolvesAtOnce, async (id) => {
    const row = rows.get(id) ?? null;
    try {
      if (failures.length >= hopelessAfter) throw failures.at(-1);
      const exact = await store.resolve(id, signal);
      failures = [];
      if (exact !== null) resolved.set(id, refine(row, exact));
    } catch (error) {
      signal.throwIfAborted();
      failures = [...failures, error].slice(-hopelessAfter);
      const entry = missingFrom(error, placeOf(store, 'GetUserCertificateDetail'));
      if (row === null) missing.set(`${entry.action} ${entry.code}`, entry);
    }
  });
  return { rows: resolved, missing: [...missing.values()] };
}

function boundIds(
  states: readonly ListenerState[],
  site: StoreSite,
  wanted: (row: BoundCertificate) => boolean,
): readonly CertificateId[] {
  const ids = states
    .filter(({ ref }) => siteOfRegion(ref.region) === site)
    .flatMap(({ bound }) => bound.filter(wanted).map(({ id }) => id));
  return [...new Set(ids)];
}

function isAuthority({ slot }: BoundCertificate): boolean {
  return slot === 'ca';
}

function likelyRenewals(
  bound: readonly CertificateId[],
  rows: Rows,
  now: Date,
): readonly CertificateId[] {
  const horizon = now.getTime() + renewalHorizon;
  const ids = bound.flatMap((id) => {
    const old = rows.get(id);
    const end = old?.notAfter?.getTime() ?? null;
    if (old === undefined || end === null || end > horizon) return [];
    return [...rows.values()]
      .filter((row) => endOf(row) > end && old.names.every((name) => covers(row, name)))
      .toSorted((a, b) => endOf(b) - endOf(a))
      .slice(0, renewalsResolved)
      .map((row) => row.id);
  });
  return [...new Set(ids)].filter((id) => !bound.includes(id));
}

function endOf({ notAfter }: Certificate): number {
  return notAfter?.getTime() ?? 0;
}

function placeOf(store: CertificateStore, action: string): Omit<Missing, 'code'> {
  const { account, site } = store;
  return { account, region: site, action, listener: null, part: 'certificates' };
}
