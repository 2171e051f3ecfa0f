import { siteOfRegion, type Millis } from '../domain/certificate.ts';
import type { Stock } from '../domain/assessment.ts';
import type { ScanDeps } from './scan/deps.ts';
import { refreshStore } from './scan/refresh.ts';

/** While something it holds is critical or expired, a store is listed this often: the renewal may come at any moment. */
const every: Millis = 10 * 60_000;

/** When each store, `account/site`, was listed last by this process. */
export type Listings = Map<string, Date>;

/**
 * Lists every store that holds a bound certificate with little time left, so that a renewal is found before the next scan.
 * What cannot be listed now is tried again after the same pause. Rejects with the store's error, or when aborted.
 */
export async function watchStores(
  deps: ScanDeps,
  stock: Stock,
  listings: Listings,
  signal: AbortSignal,
): Promise<void> {
  const now = deps.clock.now();
  const pressing = stock.bindings.filter(
    ({ severity }) => severity === 'critical' || severity === 'expired',
  );
  for (const { listener } of pressing) {
    const { account, region } = listener.ref;
    const site = siteOfRegion(region);
    const key = `${account}/${site}`;
    const last = listings.get(key) ?? stock.takenAt;
    if (last !== null && now.getTime() - last.getTime() < every) continue;
    listings.set(key, now);
    await refreshStore(deps, { account, site }, signal);
  }
}
