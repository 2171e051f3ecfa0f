import { NewleafError } from '../domain/errors.ts';
import { emptyInventory, type Missing } from '../domain/inventory.ts';
import { type ListenerState, listenerKey } from '../domain/listener.ts';
import type { ScanDeps } from './scan/deps.ts';
import { discoverRegion } from './scan/discover.ts';
import { inParallel } from './scan/in-parallel.ts';
import { chooseTargets } from './scan/targets.ts';
import type { VerifyRequest } from './verify.ts';

const regionsAtOnce = 8;

/**
 * The one listener of that id or key. A key is looked for in its own account and region only. Rejects with `not-found`, telling
 * what could not be read, with `request.invalid` when several have that id, or when aborted.
 */
export async function findListener(
  deps: Pick<ScanDeps, 'accounts' | 'clock'>,
  { listener: wanted, tell }: VerifyRequest,
  signal: AbortSignal,
): Promise<ListenerState> {
  const [account, region, ...rest] = wanted.split('/');
  const isKey = rest.length === 3 && account !== undefined && region !== undefined;
  const scope = isKey ? { accounts: [account], regions: [region] } : {};
  const { targets, missing } = await chooseTargets(deps.accounts, scope, emptyInventory, signal);
  const places = targets.flatMap((target) =>
    target.regions.map((name) => ({ account: target.account, region: name })),
  );
  const parts = await inParallel(places, regionsAtOnce, async (place) => {
    tell({ kind: 'reading', account: place.account.name, region: place.region });
    return discoverRegion(deps, place, () => {}, signal);
  });
  const matches = parts
    .flatMap(({ listeners }) => listeners.map(({ state }) => state))
    .filter(({ ref }) => ref.listenerId === wanted || listenerKey(ref) === wanted);
  return only(wanted, matches, [...missing, ...parts.flatMap((part) => part.missing)]);
}

function only(
  wanted: string,
  matches: readonly ListenerState[],
  missing: readonly Missing[],
): ListenerState {
  const [first] = matches;
  if (first === undefined) throw notFound(wanted, missing);
  if (matches.length === 1) return first;
  const keys = matches.map(({ ref }) => listenerKey(ref)).join(' or ');
  throw new NewleafError(
    'request.invalid',
    `${wanted} names ${matches.length} listeners: say ${keys}`,
  );
}

/** What could not be read may hide it. */
function notFound(wanted: string, missing: readonly Missing[]): NewleafError {
  const unread = [
    ...new Set(
      missing.map(({ action, region, code }) => `${action} in ${region} answered ${code}`),
    ),
  ];
  const hidden = unread.length === 0 ? '' : ` (${unread.join(', ')})`;
  return new NewleafError(
    'not-found',
    `no TLS listener ${wanted} is found${hidden}: newleaf scan lists them`,
  );
}
