import { isOutside, isSettled } from './cell-verdict.ts';
import { allowsOldTls } from './findings.ts';
import type { Inventory, KnownListener, Missing, ServedAt } from './inventory.ts';
import { listenerKey } from './listener.ts';
import { hiddenParts, hidesItsPlace, loadBalancerKey, partOf } from './merge.ts';

/** Which problems a list speaks about: a covered key that is not in the list is over, any other stays as it was. */
export interface ProblemScope {
  covers(key: string): boolean;
}

type Judge = (rest: readonly string[]) => boolean;

/**
 * What an assessment of this Inventory may declare over. An expiring certificate is over only when no binding of it is known
 * and no endpoint was last seen to serve it. What lies under `missing`, or is being changed right now, is not judged.
 */
export function coverageOf(inventory: Inventory, busy: ReadonlySet<string>): ProblemScope {
  if (inventory.takenAt === null) return coverOnly(['scan-stale', 'clock-skew']);
  const listeners = new Map(
    inventory.listeners.map((known) => [listenerKey(known.state.ref), known]),
  );
  const hidden = hiddenBy(inventory.missing);
  const judges: Readonly<Record<string, Judge>> = {
    expiring: ([account = '', , id = '']) =>
      !isBound(inventory, account, id) &&
      !isServed(inventory, account, id) &&
      !mayComeBack(inventory, busy, account, id),
    'no-replacement': ([account = '', site = '', id = '']) =>
      !hidden.site(account, site) && !mayComeBack(inventory, busy, account, id),
    'owned-elsewhere': (rest) => !hidden.listener(rest.join('/')),
    'approval-wanted': (rest) => !hidden.listener(rest.slice(0, -1).join('/')),
    drift: (rest) => zoneIsJudged(rest, { listeners, hidden, busy }),
    unreachable: (rest) => zoneIsJudged(rest, { listeners, hidden, busy }),
    'not-probed': ([account = '']) => !hidden.account(account),
    'expiry-unknown': ([account = '']) => !hidden.account(account),
    'weak-tls-policy': ([account = '', region = '', policy = '']) =>
      !hidden.region(account, region) && !isUntold(inventory, { account, region, policy }),
    'quota-near': ([account = '', region = '']) => !hidden.region(account, region),
    reverted: (rest) => {
      const key = rest.slice(0, -1).join('/');
      return !hidden.listener(key) && !busy.has(key);
    },
    missing: () => true,
    'scan-stale': () => true,
    'clock-skew': () => true,
  };
  return {
    covers: (key) => {
      const [kind = '', ...rest] = key.split('/');
      return judges[kind]?.(rest) ?? false;
    },
  };
}

/** A list that speaks about nothing but these keys. */
export function coverOnly(keys: readonly string[]): ProblemScope {
  return { covers: (key) => keys.includes(key) };
}

function isBound(inventory: Inventory, account: string, id: string): boolean {
  return inventory.listeners.some(
    ({ state }) =>
      state.status !== 'gone' &&
      state.ref.account === account &&
      state.bound.some((row) => row.id === id),
  );
}

function isServed(inventory: Inventory, account: string, id: string): boolean {
  const leaf = inventory.certificates.find(
    (entry) => entry.account === account && entry.certificate.id === id,
  )?.certificate.fingerprint256;
  if (leaf === undefined || leaf === null) return false;
  return inventory.listeners.some(
    ({ state, served }) =>
      state.status !== 'gone' &&
      state.status !== 'stopped' &&
      state.ref.account === account &&
      served.some(
        ({ observation }) =>
          observation.kind === 'served' && observation.leaf.fingerprint256 === leaf,
      ),
  );
}

/** Whether a listener has this TLS policy and nobody told what it allows. */
function isUntold(
  { listeners }: Inventory,
  { account, region, policy }: Readonly<Record<'account' | 'region' | 'policy', string>>,
): boolean {
  return listeners.some(
    ({ state }) =>
      state.status !== 'gone' &&
      state.ref.account === account &&
      state.ref.region === region &&
      state.tlsPolicy === policy &&
      allowsOldTls(state) === null,
  );
}

/**
 * Whether a rotation under way may put this certificate back: a busy listener holds one that shares a name with it. Between a
 * swap and its proof nothing is over yet.
 */
function mayComeBack(
  inventory: Inventory,
  busy: ReadonlySet<string>,
  account: string,
  id: string,
): boolean {
  const namesOf = (wanted: string): readonly string[] =>
    inventory.certificates.find(
      (entry) => entry.account === account && entry.certificate.id === wanted,
    )?.certificate.names ?? [];
  const names = new Set(namesOf(id));
  return inventory.listeners.some(
    ({ state }) =>
      state.ref.account === account &&
      busy.has(listenerKey(state.ref)) &&
      state.bound.some((row) => namesOf(row.id).some((name) => names.has(name))),
  );
}

/** What the parts that could not be read hide. */
interface Hidden {
  site(account: string, site: string): boolean;
  listener(key: string): boolean;
  /** Whether anything of its load balancers is hidden, be it one listener. */
  region(account: string, region: string): boolean;
  account(account: string): boolean;
}

function hiddenBy(missing: readonly Missing[]): Hidden {
  const unread = hiddenParts(missing);
  const regions = new Set<string>();
  const sites = new Set<string>();
  const accounts = new Set(missing.map(({ account }) => account));
  const gaps = missing.filter((entry) => partOf(entry) === 'listeners');
  const touched = new Set(gaps.map(({ account, region }) => `${account}/${region}`));
  for (const entry of missing) {
    if (!hidesItsPlace(entry)) continue;
    const places = partOf(entry) === 'listeners' ? regions : sites;
    places.add(`${entry.account}/${entry.region}`);
  }
  return {
    site: (account, site) => sites.has(`${account}/${site}`),
    listener: (key) => {
      const [account = '', region = '', , loadBalancerId = ''] = key.split('/');
      return (
        unread.has(key) ||
        unread.has(loadBalancerKey({ account, region, loadBalancerId })) ||
        regions.has(`${account}/${region}`)
      );
    },
    region: (account, region) => touched.has(`${account}/${region}`),
    account: (account) => accounts.has(account),
  };
}

interface ZoneFacts {
  readonly listeners: ReadonlyMap<string, KnownListener>;
  readonly hidden: Hidden;
  readonly busy: ReadonlySet<string>;
}

function zoneIsJudged(rest: readonly string[], { listeners, hidden, busy }: ZoneFacts): boolean {
  const key = rest.slice(0, -1).join('/');
  if (hidden.listener(key) || busy.has(key)) return false;
  const known = listeners.get(key);
  if (known === undefined || known.state.status === 'gone') return true;
  return isZoneKnown(known, rest.at(-1) ?? '');
}

/** A zone tells something when it answered, when it cannot be looked at, or when no client is sent there. */
function isZoneKnown({ state, served }: KnownListener, zone: string): boolean {
  if (state.status === 'stopped') return true;
  if (!isSettled({ state })) return false;
  if (!state.endpoints.some((endpoint) => endpoint.active && endpoint.zone === zone)) return true;
  const looks = served.filter((look) => look.zone === zone);
  return looks.some(answers) || (looks.length > 0 && looks.every(isOutside));
}

function answers({ observation }: ServedAt): boolean {
  return observation.kind === 'served';
}
