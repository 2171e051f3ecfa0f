import type { Missing } from '../domain/inventory.ts';
import type { Policy } from '../domain/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { CloudAccount } from '../ports/listeners.ts';
import type { Prober } from '../ports/prober.ts';
import { checkActions, checkCloudClock, checkIdentity } from './doctor-account.ts';
import { type Check, ok } from './doctor-check.ts';
import { type DaemonLook, judgeDaemon, noteInstallations } from './doctor-daemon.ts';
import { checkEndpoints, checkListing, checkVantage, type Found } from './doctor-reach.ts';
import { checkStore, type StoreLook } from './doctor-store.ts';
import { discoverRegion } from './scan/discover.ts';
import { missingFrom } from './scan/failure.ts';
import { inParallel } from './scan/in-parallel.ts';

export interface DoctorDeps {
  readonly accounts: readonly CloudAccount[];
  readonly prober: Prober;
  readonly clock: Clock;
  readonly policies: readonly Pick<Policy, 'mode'>[];
  /** Null: no file, the embedded defaults. */
  readonly configFile: string | null;
  readonly store: StoreLook;
  readonly daemon: (signal: AbortSignal) => Promise<DaemonLook>;
  /** Told what is being looked at, in words. */
  readonly tell: (what: string) => void;
}

const regionsAtOnce = 4;

/**
 * Looks at everything newleaf depends on, from this machine, and changes nothing. Whatever is wrong is a check, not an error.
 * Rejects only when aborted.
 */
export async function examine(deps: DoctorDeps, signal: AbortSignal): Promise<readonly Check[]> {
  const { configFile, tell } = deps;
  const checks: Check[] = [
    ok('configuration', configFile ?? 'no file named, so the embedded defaults'),
  ];
  for (const account of deps.accounts) {
    tell(`asking who account ${account.name} is`);
    checks.push(await checkIdentity(account, signal));
    checks.push(...(await examineAccount(deps, account, signal)));
  }
  tell('asking the store and the daemon');
  checks.push(...(await checkStore(deps.clock, deps.store)));
  signal.throwIfAborted();
  checks.push(judgeDaemon(await deps.daemon(signal)), noteInstallations());
  return checks;
}

async function examineAccount(
  deps: DoctorDeps,
  account: CloudAccount,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { prober, policies, tell } = deps;
  tell(`listing the listeners of account ${account.name}`);
  const { found, regions } = await discover(deps, account, signal);
  // A region without listeners would leave most actions untried.
  const region = found.states[0]?.ref.region ?? regions[0];
  const rotates = policies.some(({ mode }) => mode !== 'observe');
  tell(`trying the actions of account ${account.name}`);
  const actions =
    region === undefined ? [] : await checkActions(account, { region, rotates }, signal);
  tell(`connecting to listeners of account ${account.name}`);
  return [
    ...actions,
    checkCloudClock(account),
    checkListing(found),
    checkVantage(prober, found),
    await checkEndpoints(prober, found, signal),
  ];
}

async function discover(
  deps: DoctorDeps,
  account: CloudAccount,
  signal: AbortSignal,
): Promise<{ readonly found: Found; readonly regions: readonly string[] }> {
  const { regions, missing } = await regionsOf(account, signal);
  const parts = await inParallel(regions, regionsAtOnce, (region) =>
    discoverRegion(deps, { account, region }, () => {}, signal),
  );
  const found = {
    account: account.name,
    states: parts.flatMap(({ listeners }) => listeners.map(({ state }) => state)),
    missing: [...missing, ...parts.flatMap((part) => part.missing)],
  };
  return { found, regions };
}

async function regionsOf(
  account: CloudAccount,
  signal: AbortSignal,
): Promise<{ readonly regions: readonly string[]; readonly missing: readonly Missing[] }> {
  if (account.regions !== null) return { regions: account.regions, missing: [] };
  try {
    return { regions: await account.listeners.regions(signal), missing: [] };
  } catch (error) {
    signal.throwIfAborted();
    const place = { account: account.name, region: 'all', listener: null };
    return { regions: [], missing: [missingFrom(error, { ...place, action: 'DescribeRegions' })] };
  }
}
