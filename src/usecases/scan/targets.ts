import { NewleafError } from '../../domain/errors.ts';
import {
  everyRegion,
  type Inventory,
  type Missing,
  type Snapshot,
} from '../../domain/inventory.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { ScanRequest } from './deps.ts';
import { missingFrom } from './failure.ts';

/** The regions to scan in one account. */
interface Target {
  readonly account: CloudAccount;
  readonly regions: readonly string[];
}

export interface Targets {
  readonly targets: readonly Target[];
  readonly scope: Snapshot['scope'];
  readonly missing: readonly Missing[];
}

/**
 * What a request asks to scan. An account whose list of regions cannot be read is scanned where it was known to have
 * listeners. Throws `request.invalid` for a name that no account or region has.
 */
export async function chooseTargets(
  accounts: readonly CloudAccount[],
  request: Pick<ScanRequest, 'accounts' | 'regions'>,
  previous: Inventory,
  signal: AbortSignal,
): Promise<Targets> {
  const chosen = await Promise.all(
    namedAccounts(accounts, request.accounts).map((account) =>
      chooseRegions(account, request.regions, previous, signal),
    ),
  );
  if (chosen.length > 0 && chosen.every(({ scope }) => scope.length === 0))
    throw new NewleafError(
      'request.invalid',
      'no configured account covers the regions asked for',
      {
        fields: { regions: request.regions?.join(', ') ?? null },
      },
    );
  return {
    targets: chosen.map(({ target }) => target),
    scope: chosen.flatMap(({ scope }) => scope),
    missing: chosen.flatMap(({ missing }) => missing),
  };
}

function namedAccounts(
  accounts: readonly CloudAccount[],
  names: readonly string[] | undefined,
): readonly CloudAccount[] {
  if (names === undefined) return accounts;
  const unknown = names.filter((name) => !accounts.some((account) => account.name === name));
  if (unknown.length > 0)
    throw new NewleafError(
      'request.invalid',
      `no account named ${unknown.join(' or ')} is configured: there are ${accounts.map(({ name }) => name).join(', ')}`,
      { fields: { accounts: unknown.join(', ') } },
    );
  return accounts.filter(({ name }) => names.includes(name));
}

interface Choice {
  readonly target: Target;
  readonly scope: Snapshot['scope'];
  readonly missing: readonly Missing[];
}

async function chooseRegions(
  account: CloudAccount,
  wanted: readonly string[] | undefined,
  previous: Inventory,
  signal: AbortSignal,
): Promise<Choice> {
  if (account.regions !== null) {
    const configured = account.regions;
    return choice(account, wanted?.filter((region) => configured.includes(region)) ?? configured);
  }
  if (wanted !== undefined) return choice(account, wanted);
  try {
    return choice(account, await account.listeners.regions(signal), { listed: true });
  } catch (error) {
    signal.throwIfAborted();
    const place = { account: account.name, region: everyRegion, listener: null };
    const missing = missingFrom(error, { ...place, action: 'DescribeRegions' });
    return choice(account, knownRegions(previous, account.name), { listed: true, missing });
  }
}

function choice(
  account: CloudAccount,
  regions: readonly string[],
  given: { readonly listed?: boolean; readonly missing?: Missing } = {},
): Choice {
  const unique = [...new Set(regions)];
  const tried = given.listed === true ? [...unique, everyRegion] : unique;
  return {
    target: { account, regions: unique },
    scope: tried.map((region) => ({ account: account.name, region })),
    missing: given.missing === undefined ? [] : [given.missing],
  };
}

function knownRegions(inventory: Inventory, account: string): readonly string[] {
  return inventory.listeners
    .map(({ state }) => state.ref)
    .filter((ref) => ref.account === account)
    .map(({ region }) => region);
}
