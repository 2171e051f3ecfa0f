import type { EndReason } from './alert.ts';
import { type StoreSite, siteOfRegion } from './certificate.ts';
import type {
  ConfiguredAccount,
  Inventory,
  KnownCertificate,
  KnownListener,
  Missing,
} from './inventory.ts';
import { everyRegion } from './inventory.ts';

/** What the operator has newleaf watch. */
interface Watched {
  region(account: string, region: string): boolean;
  site(account: string, site: StoreSite): boolean;
}

function watched(configured: readonly ConfiguredAccount[]): Watched {
  const accounts = new Map(configured.map(({ account, regions }) => [account, regions]));
  const among = (account: string, fits: (region: string) => boolean): boolean => {
    const regions = accounts.get(account);
    return regions === null || (regions?.some(fits) ?? false);
  };
  return {
    region: (account, region) => among(account, (each) => each === region),
    site: (account, site) => among(account, (region) => siteOfRegion(region) === site),
  };
}

/**
 * The Inventory without what the operator took out of the configuration. That is a decision and no failed read: the listeners are
 * gone at once. They and their certificates are forgotten one scan later, for only an entry that is already marked can be taken
 * away from what other replicas have saved.
 */
export function withoutGivenUp(
  inventory: Inventory,
  configured: readonly ConfiguredAccount[],
): Inventory {
  const keeps = watched(configured);
  return {
    ...inventory,
    listeners: inventory.listeners.flatMap((known) => {
      const { account, region } = known.state.ref;
      return keeps.region(account, region) ? [known] : givenUp(known);
    }),
    certificates: inventory.certificates.flatMap((known) =>
      keeps.site(known.account, known.certificate.site) ? [known] : forgotten(known),
    ),
    missing: inventory.missing.filter((entry) => isStillAsked(entry, keeps, configured)),
  };
}

function givenUp(known: KnownListener): readonly KnownListener[] {
  if (known.state.status === 'gone') return forgotten(known);
  return [{ ...known, state: { ...known.state, status: 'gone' }, absences: known.absences + 1 }];
}

function forgotten<T extends KnownListener | KnownCertificate>(known: T): readonly T[] {
  return known.absences > 0 ? [] : [{ ...known, absences: 1 }];
}

function isStillAsked(
  { account, region, part }: Missing,
  keeps: Watched,
  configured: readonly ConfiguredAccount[],
): boolean {
  if (part === 'certificates') return keeps.site(account, siteOfRegion(region));
  // The list of regions is asked for only where all are watched.
  if (region === everyRegion)
    return configured.some((each) => each.account === account && each.regions === null);
  return keeps.region(account, region);
}

const keyedByRegion = [
  'drift',
  'unreachable',
  'owned-elsewhere',
  'approval-wanted',
  'reverted',
  'weak-tls-policy',
  'quota-near',
];
const keyedByCertificate = ['expiring', 'no-replacement', 'expiry-unknown'];

/**
 * Why a problem under this key is over, if it is: its account, its region, or every binding of its certificate was taken out of the
 * configuration. Null: nobody gave it up.
 */
export function endReason(
  key: string,
  inventory: Pick<Inventory, 'listeners'>,
  configured: readonly ConfiguredAccount[],
): EndReason | null {
  const [kind = '', account = '', ...rest] = key.split('/');
  const keeps = watched(configured);
  const isGivenUp = (): boolean => {
    if (!configured.some((each) => each.account === account)) return true;
    const [region = ''] = rest;
    if (keyedByRegion.includes(kind)) return !keeps.region(account, region);
    if (kind === 'missing') return region !== everyRegion && !isAsked(keeps, account, region);
    if (!keyedByCertificate.includes(kind)) return false;
    const holders = inventory.listeners
      .map(({ state }) => state)
      .filter(
        ({ ref, bound }) => ref.account === account && bound.some(({ id }) => id === rest.at(-1)),
      );
    return holders.length > 0 && holders.every(({ ref }) => !keeps.region(account, ref.region));
  };
  const tellsOfAccounts = [...keyedByRegion, ...keyedByCertificate, 'missing', 'not-probed'];
  return tellsOfAccounts.includes(kind) && isGivenUp() ? 'not-configured' : null;
}

/** A place of `missing` is a region, or a store site under the name of one. */
function isAsked(keeps: Watched, account: string, place: string): boolean {
  const site = siteOfRegion(place);
  return keeps.region(account, place) || (site === place && keeps.site(account, site));
}
