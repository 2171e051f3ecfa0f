import type { Ask } from '../../domain/asks.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { Missing, ServedAt, Snapshot } from '../../domain/inventory.ts';
import type { ListenerRef, ListenerState } from '../../domain/listener.ts';
import { cellKey } from '../../domain/merge.ts';
import { recordedSlots, sameSlots } from '../../domain/plan.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { ScanDeps } from './deps.ts';
import { missingFrom } from './failure.ts';
import { lookAt, repeat, showsSame } from './look.ts';

type Entry = Snapshot['listeners'][number];

interface Doubt {
  readonly entry: Entry;
  readonly looks: readonly ServedAt[];
  readonly asksOf: (state: ListenerState) => readonly Ask[];
}

interface SecondLook {
  readonly entry: Entry;
  readonly missing: readonly Missing[];
}

/**
 * Reads the listener afresh and repeats the doubtful looks. A look is confirmed when both showed the same while the same
 * certificates were bound. Otherwise the later one stands, unconfirmed. Rejects only when aborted.
 */
export async function lookAgain(
  deps: Pick<ScanDeps, 'accounts' | 'prober' | 'clock'>,
  doubt: Doubt,
  signal: AbortSignal,
): Promise<SecondLook> {
  const { entry, looks, asksOf } = doubt;
  const { ref } = entry.state;
  try {
    const state = await accountOf(deps, ref).listeners.read(ref, signal);
    // Deleted meanwhile: the next scans will tell.
    if (state === null) return { entry, missing: [] };
    const seenAt = deps.clock.now();
    if (state.status !== 'running') return { entry: { ...entry, state, seenAt }, missing: [] };
    if (!sameSlots(recordedSlots(state), recordedSlots(entry.state))) {
      const served = await lookAt(deps, state, asksOf(state), signal);
      return { entry: { state, seenAt, served }, missing: [] };
    }
    const again = await repeat(deps, state, looks, signal);
    return { entry: { state, seenAt, served: confirm(entry.served, again) }, missing: [] };
  } catch (error) {
    signal.throwIfAborted();
    const place = { account: ref.account, region: ref.region, listener: ref };
    return { entry, missing: [missingFrom(error, { ...place, action: 'GetListenerAttribute' })] };
  }
}

/** The account that a listener belongs to; `not-found` when it is not configured (any more). */
export function accountOf(
  deps: Pick<ScanDeps, 'accounts'>,
  ref: Pick<ListenerRef, 'account'>,
): CloudAccount {
  const account = deps.accounts.find(({ name }) => name === ref.account);
  if (account !== undefined) return account;
  throw new NewleafError('not-found', 'no account of that name is configured', {
    fields: { account: ref.account },
  });
}

function confirm(first: readonly ServedAt[], again: readonly ServedAt[]): readonly ServedAt[] {
  const later = new Map(again.map((look) => [cellKey(look), look]));
  return first.map((look) => {
    const repeated = later.get(cellKey(look));
    return repeated === undefined ? look : { ...repeated, confirmed: showsSame(look, repeated) };
  });
}
