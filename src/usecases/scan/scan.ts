import { siteOfRegion } from '../../domain/certificate.ts';
import type { Inventory, Snapshot } from '../../domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../domain/listener.ts';
import { mergeInventory } from '../../domain/merge.ts';
import { readStore } from './certificates.ts';
import type { ScanDeps, ScanEvent, ScanRequest } from './deps.ts';
import { discoverRegion } from './discover.ts';
import { logMissing } from './failure.ts';
import { inParallel } from './in-parallel.ts';
import { probe } from './probe.ts';
import { chooseTargets, type Targets } from './targets.ts';

/** The client's own rate limits are per region, so regions wait for each other only at the machine's edge. */
const regionsAtOnce = 8;

const sitesAtOnce = 4;

export interface ScanResult {
  readonly inventory: Inventory;
  readonly snapshot: Snapshot;
}

/**
 * Looks at everything the request names: listeners with their bindings, the certificates of their store sites, and what is
 * served. What cannot be read is in `missing`, the rest goes on, and nothing known is forgotten. The merged Inventory is
 * saved. Rejects with `request.invalid` for an unknown name, with the store's error, or when aborted (nothing is saved).
 */
export async function scan(
  deps: ScanDeps,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<ScanResult> {
  const tell = request.onProgress ?? (() => {});
  const previous = await deps.book.read();
  const chosen = await chooseTargets(deps.accounts, request, previous, signal);
  const read = await readAll(deps, { ...chosen, previous }, tell, signal);
  const seen = request.probe ? await probe(deps, { previous, snapshot: read, tell }, signal) : read;
  const configured = deps.accounts.map(({ name, regions }) => ({ account: name, regions }));
  const snapshot = { ...seen, configured, takenAt: deps.clock.now() };
  const inventory = await keep(deps, snapshot, signal);
  logMissing(deps.log, snapshot.missing);
  const { length: listeners } = snapshot.listeners;
  const { length: missing } = snapshot.missing;
  deps.log.info({ listeners, certificates: snapshot.certificates.length, missing }, 'scan ended');
  tell({ kind: 'done', listeners, missing });
  return { inventory, snapshot };
}

/** Merges into the Inventory as it is now: single listeners may have been looked at since the scan began. */
export async function keep(
  { book }: Pick<ScanDeps, 'book'>,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<Inventory> {
  signal.throwIfAborted();
  const inventory = mergeInventory(await book.read(), snapshot);
  await book.save(inventory);
  return inventory;
}

async function readAll(
  deps: ScanDeps,
  { targets, scope, missing, previous }: Targets & { readonly previous: Inventory },
  tell: (event: ScanEvent) => void,
  signal: AbortSignal,
): Promise<Snapshot> {
  const places = targets.flatMap(({ account, regions }) =>
    regions.map((region) => ({ account, region })),
  );
  const found = await inParallel(places, regionsAtOnce, (place) =>
    discoverRegion(deps, place, tell, signal),
  );
  const listeners = found.flatMap((region) => region.listeners);
  const states = statesNow(
    previous,
    listeners.map(({ state }) => state),
  );
  const stores = await readStores(deps, targets, states, signal);
  return {
    takenAt: deps.clock.now(),
    scope,
    listeners: listeners.map((entry) => ({ ...entry, served: [] })),
    certificates: stores.flatMap(({ certificates }) => certificates),
    missing: [
      ...missing,
      ...found.flatMap((region) => region.missing),
      ...stores.flatMap((store) => store.missing),
    ],
  };
}

async function readStores(
  deps: Pick<ScanDeps, 'clock' | 'caReplacements' | 'requestedAuthorities'>,
  targets: Targets['targets'],
  states: readonly ListenerState[],
  signal: AbortSignal,
): Promise<readonly Pick<Snapshot, 'certificates' | 'missing'>[]> {
  const sites = targets.flatMap(({ account, regions }) =>
    [...new Set(regions.map(siteOfRegion))].map((site) => ({ account, site })),
  );
  const caReplacements = deps.caReplacements();
  const requested = (await deps.requestedAuthorities?.()) ?? [];
  return inParallel(sites, sitesAtOnce, async ({ account, site }) => {
    const own = states.filter(({ ref }) => ref.account === account.name);
    const around = { states: own, now: deps.clock.now(), caReplacements, requested };
    const store = await readStore(account, site, around, signal);
    const certificates = store.certificates.map((certificate) => ({
      account: account.name,
      certificate,
    }));
    return { certificates, missing: store.missing };
  });
}

/** What listeners hold that this scan did not show belongs to the store as well: it is not gone because nobody asked for it. */
function statesNow(
  { listeners }: Inventory,
  shown: readonly ListenerState[],
): readonly ListenerState[] {
  const keys = new Set(shown.map(({ ref }) => listenerKey(ref)));
  const others = listeners.map(({ state }) => state);
  return [...shown, ...others.filter(({ ref }) => !keys.has(listenerKey(ref)))];
}
