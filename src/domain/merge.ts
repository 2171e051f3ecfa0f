import { siteOfRegion } from './certificate.ts';
import { withoutGivenUp } from './given-up.ts';
import {
  everyRegion,
  type Inventory,
  type KnownCertificate,
  type KnownListener,
  type Missing,
  type ServedAt,
  type Snapshot,
} from './inventory.ts';
import { type Endpoint, type ListenerRef, listenerKey } from './listener.ts';
import { refine, refineListener } from './refine.ts';

/** Complete reads of the parent without it that make a listener gone: one empty page proves too little. */
const absencesUntilGone = 2;

type Part = 'listeners' | 'certificates';

/**
 * Everything known after a scan. What the scan could not read, or did not try, stays as it was with its own `seenAt`; a
 * failed read never makes anything disappear. Only what is no longer configured does.
 */
export function mergeInventory(previous: Inventory, snapshot: Snapshot): Inventory {
  const reach = reachOf(snapshot);
  const listeners = mergeListeners(previous, snapshot, reach);
  const merged = {
    // A look at single listeners is no scan: it must not hide that scans have stopped.
    takenAt: snapshot.scope.length === 0 ? previous.takenAt : snapshot.takenAt,
    listeners,
    certificates: mergeCertificates(previous, snapshot, { reach, listeners }),
    missing: mergeMissing(previous, snapshot, reach),
  };
  return snapshot.configured === undefined ? merged : withoutGivenUp(merged, snapshot.configured);
}

/** What a scan tried, and what of that it read to the end. */
interface Reach {
  tried(part: Part, account: string, place: string): boolean;
  complete(part: Part, account: string, place: string): boolean;
  /** Whether this very listener, or its load balancer, could not be read. */
  unread(ref: ListenerRef): boolean;
}

function reachOf({ scope, missing }: Snapshot): Reach {
  const tried = new Set(
    scope.flatMap(({ account, region }) => [
      placeKey('listeners', account, region),
      ...(region === everyRegion ? [] : [placeKey('certificates', account, siteOfRegion(region))]),
    ]),
  );
  const broken = new Set(
    missing
      .filter(hidesItsPlace)
      .map((entry) => placeKey(partOf(entry), entry.account, entry.region)),
  );
  const unread = hiddenParts(missing);
  return {
    tried: (part, account, place) => tried.has(placeKey(part, account, place)),
    complete: (part, account, place) => {
      const key = placeKey(part, account, place);
      return tried.has(key) && !broken.has(key);
    },
    unread: (ref) => unread.has(listenerKey(ref)) || unread.has(loadBalancerKey(ref)),
  };
}

/** An entry that names neither a listener nor a load balancer hides the whole region or site. */
export function hidesItsPlace({ listener, loadBalancerId }: Missing): boolean {
  return listener === null && loadBalancerId === undefined;
}

/** What the entries that hide only a part of a region hide, under the keys of listeners and load balancers. */
export function hiddenParts(missing: readonly Missing[]): ReadonlySet<string> {
  return new Set(
    missing.flatMap(({ account, region, listener, loadBalancerId }) => {
      if (listener !== null) return [listenerKey(listener)];
      return loadBalancerId === undefined
        ? []
        : [loadBalancerKey({ account, region, loadBalancerId })];
    }),
  );
}

/** A load balancer's key among those of `hiddenParts`. */
export function loadBalancerKey(
  ref: Pick<ListenerRef, 'account' | 'region' | 'loadBalancerId'>,
): string {
  return `${ref.account}/${ref.region}/${ref.loadBalancerId}`;
}

/** Which kind of thing an entry of `missing` hides: load balancers of a region, or certificates of a store site. */
export function partOf(missing: Missing): Part {
  return missing.part ?? 'listeners';
}

function placeKey(part: Part, account: string, place: string): string {
  return `${part}/${account}/${place}`;
}

function mergeListeners(
  previous: Inventory,
  snapshot: Snapshot,
  reach: Reach,
): readonly KnownListener[] {
  const before = new Map(previous.listeners.map((known) => [listenerKey(known.state.ref), known]));
  const seen = new Map<string, KnownListener>();
  for (const { state, seenAt = snapshot.takenAt, served } of snapshot.listeners) {
    const key = listenerKey(state.ref);
    const known = before.get(key);
    const halfRead = reach.unread(state.ref);
    if (known !== undefined && (halfRead || known.seenAt > seenAt)) continue;
    const looks = mergeServed(known?.served ?? [], served, state.endpoints);
    const refined = refineListener(known?.state ?? null, state);
    seen.set(key, { state: refined, seenAt, absences: 0, served: looks });
  }
  const shown = new Set(snapshot.listeners.map(({ state }) => listenerKey(state.ref)));
  const carried = previous.listeners.flatMap((known) => {
    const key = listenerKey(known.state.ref);
    if (seen.has(key)) return [];
    // Shown, yet not newer than what is known: it stays as it is.
    return shown.has(key) ? [known] : carryListener(known, snapshot, reach);
  });
  return [...carried, ...seen.values()].toSorted((a, b) =>
    compareText(listenerKey(a.state.ref), listenerKey(b.state.ref)),
  );
}

/** A listener that the scan did not show: kept, counted as absent, or gone. */
function carryListener(
  known: KnownListener,
  snapshot: Snapshot,
  reach: Reach,
): readonly KnownListener[] {
  const { ref } = known.state;
  if (!reach.complete('listeners', ref.account, ref.region)) return [known];
  if (reach.unread(ref) || known.seenAt > snapshot.takenAt) return [known];
  const absences = known.absences + 1;
  return absences >= absencesUntilGone ? [] : [{ ...known, absences }];
}

/**
 * The last look at each endpoint and name. An endpoint that was looked at tells only the names asked for now; one that
 * was not keeps its last looks for as long as it exists.
 */
function mergeServed(
  previous: readonly ServedAt[],
  now: readonly ServedAt[],
  endpoints: readonly Pick<Endpoint, 'address' | 'port'>[],
): readonly ServedAt[] {
  const before = new Map(previous.map((look) => [cellKey(look), look]));
  const lookedAt = new Set(now.map(endpointKey));
  const existing = new Set(endpoints.map(endpointKey));
  const fresh = now.map((look) => ({
    ...look,
    lastServedAt: look.lastServedAt ?? before.get(cellKey(look))?.lastServedAt ?? null,
  }));
  const kept = previous.filter(
    (look) => existing.has(endpointKey(look)) && !lookedAt.has(endpointKey(look)),
  );
  return [...fresh, ...kept];
}

/** Names one look: which endpoint was asked for which name, by which kind of client. */
export function cellKey(
  look: Pick<ServedAt, 'address' | 'port' | 'serverName' | 'keyType'>,
): string {
  return `${endpointKey(look)} ${look.serverName ?? ''} ${look.keyType}`;
}

function endpointKey({ address, port }: Pick<Endpoint, 'address' | 'port'>): string {
  return `${address} ${port}`;
}

function mergeCertificates(
  previous: Inventory,
  snapshot: Snapshot,
  { reach, listeners }: { readonly reach: Reach; readonly listeners: readonly KnownListener[] },
): readonly KnownCertificate[] {
  const known = new Map(previous.certificates.map((entry) => [certificateKey(entry), entry]));
  const merged = new Map<string, KnownCertificate>();
  for (const { account, certificate } of snapshot.certificates) {
    const key = certificateKey({ account, certificate });
    const facts = refine(known.get(key)?.certificate ?? null, certificate);
    merged.set(key, { account, certificate: facts, seenAt: snapshot.takenAt, absences: 0 });
  }
  const inUse = usedCertificates(listeners);
  for (const [key, entry] of known) {
    if (merged.has(key)) continue;
    const { account, certificate } = entry;
    const absent = reach.complete('certificates', account, certificate.site);
    const absences = entry.absences + (absent ? 1 : 0);
    if (absences < absencesUntilGone || inUse(entry)) merged.set(key, { ...entry, absences });
  }
  return [...merged.values()].toSorted((a, b) => compareText(certificateKey(a), certificateKey(b)));
}

function certificateKey({
  account,
  certificate,
}: Pick<KnownCertificate, 'account' | 'certificate'>): string {
  return `${account}/${certificate.id}`;
}

/** A certificate deleted from its store can still be bound and served: its facts are needed until it is not. */
function usedCertificates(
  listeners: readonly KnownListener[],
): (entry: KnownCertificate) => boolean {
  const bound = new Set<string>();
  const served = new Set<string>();
  for (const { state, served: looks } of listeners) {
    const { account } = state.ref;
    for (const { id } of state.bound) bound.add(`${account}/${id}`);
    for (const { observation } of looks)
      if (observation.kind === 'served')
        served.add(`${account}/${observation.leaf.fingerprint256}`);
  }
  return ({ account, certificate }) =>
    bound.has(`${account}/${certificate.id}`) ||
    (certificate.fingerprint256 !== null && served.has(`${account}/${certificate.fingerprint256}`));
}

/** What this scan tried is told by this scan alone; the rest is still missing as it was. */
function mergeMissing(previous: Inventory, snapshot: Snapshot, reach: Reach): readonly Missing[] {
  const untried = previous.missing.filter(
    (entry) => !reach.tried(partOf(entry), entry.account, entry.region),
  );
  const all = [...untried, ...snapshot.missing];
  return [...new Map(all.map((entry) => [missingKey(entry), entry])).values()];
}

function missingKey(missing: Missing): string {
  const { account, region, action, code, listener, loadBalancerId = '' } = missing;
  const under = listener === null ? loadBalancerId : listenerKey(listener);
  return [partOf(missing), account, region, action, code, under].join(' ');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
