import { withFreeze, withoutFreeze } from '../domain/operator.ts';
import type { Freeze } from '../domain/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OperatorBook } from '../ports/operator-state.ts';

export interface FreezeDeps {
  readonly operator: OperatorBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export type Frozen =
  | { readonly kind: 'frozen' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Orders a freeze, in place of an earlier order of the same name. It binds rotations that have not sent their first write. */
export async function orderFreeze(deps: FreezeDeps, freeze: Freeze, by: string): Promise<Frozen> {
  const at = deps.clock.now();
  if (freeze.until <= freeze.from || freeze.until <= at)
    return { kind: 'refused', reason: 'the freeze would have ended already' };
  await deps.operator.update((state) => ({
    next: withFreeze(state, { ...freeze, by, at }),
    result: null,
  }));
  deps.log.info({ freeze: freeze.name, from: freeze.from, until: freeze.until, by }, 'frozen');
  return { kind: 'frozen' };
}

/** Ends an ordered freeze; false when there is none of that name. Freezes of the configuration end there. */
export async function liftFreeze(deps: FreezeDeps, name: string, by: string): Promise<boolean> {
  const lifted = await deps.operator.update((state) => ({
    next: withoutFreeze(state, name),
    result: state.freezes.some((freeze) => freeze.name === name),
  }));
  deps.log.info({ freeze: name, by, lifted }, 'freeze lifted');
  return lifted;
}
