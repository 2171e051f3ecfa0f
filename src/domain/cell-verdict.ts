import { answerers, type Bound } from './bound.ts';
import type { KnownListener, ServedAt } from './inventory.ts';

/**
 * What a look says about the bindings that should answer it. `unseen` proves nothing: outside the vantage, never answered
 * before, or a zone that has left DNS. `unjudged`: served, but the fingerprint to compare with is not known.
 */
export type CellVerdict = 'expected' | 'unjudged' | 'drift' | 'unreachable' | 'unseen';

export function judgeCell(
  known: Pick<KnownListener, 'state'>,
  bound: readonly Bound[],
  look: ServedAt,
): CellVerdict {
  const { observation, lastServedAt } = look;
  if (observation.kind === 'failed') {
    const silent = isOutside(look) || lastServedAt === null;
    return silent || !isActive(known, look) ? 'unseen' : 'unreachable';
  }
  const wanted = answerers(bound, look).map(
    ({ certificate }) => certificate?.fingerprint256 ?? null,
  );
  if (wanted.includes(observation.leaf.fingerprint256)) return 'expected';
  return wanted.length === 0 || wanted.includes(null) ? 'unjudged' : 'drift';
}

/** Looks that would become a finding if a second look, a pause later, showed the same. */
export function doubtful(known: KnownListener, bound: readonly Bound[]): readonly ServedAt[] {
  if (!isSettled(known)) return [];
  return known.served.filter((look) => {
    const verdict = judgeCell(known, bound, look);
    return verdict === 'drift' || verdict === 'unreachable';
  });
}

/** While a certificate comes or goes, or the listener changes or stands still, what it serves proves nothing. */
export function isSettled({ state }: Pick<KnownListener, 'state'>): boolean {
  return state.status === 'running' && state.bound.every((row) => row.state === 'bound');
}

function isActive({ state }: Pick<KnownListener, 'state'>, look: ServedAt): boolean {
  return state.endpoints.some(
    ({ address, port, active }) => active && address === look.address && port === look.port,
  );
}

/** Whether the look was not made as the endpoint lies outside the vantage. */
export function isOutside({ observation }: Pick<ServedAt, 'observation'>): boolean {
  return observation.kind === 'failed' && observation.reason === 'outside-vantage';
}
