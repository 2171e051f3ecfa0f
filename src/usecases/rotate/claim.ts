import { covers } from '../../domain/certificate.ts';
import {
  expectBaseline,
  expectLanded,
  expectStep,
  type Change,
  type Expectation,
} from '../../domain/expectation.ts';
import type { ListenerState } from '../../domain/listener.ts';
import { hasGap, heldIn, type RotationPlan, slotsOf } from '../../domain/plan.ts';
import { slotsAfter, type Rotation } from '../../domain/rotation-state.ts';
import type { Write } from '../../domain/rotation.ts';
import type { Cell } from '../../domain/verification.ts';
import type { Hands } from './deps.ts';
import { caChangeOf, changeOf, fieldOf } from './see.ts';

/** What a proof works with: the cells to ask and what each must show. */
export interface Claim {
  readonly expectations: readonly Expectation[];
  readonly listener: Pick<ListenerState, 'ref' | 'alpn'>;
  readonly change: Change;
}

/** After a swap the baseline with what its step changed; after a restore the baseline as it was. */
export function claimOf(
  hands: Hands,
  rotation: Rotation,
  after: { readonly kind: Write['direction']; readonly step: number },
  state: ListenerState,
): Claim {
  const { plan } = rotation.record;
  const change = changeOf(plan);
  const matrix = rotation.baseline?.matrix ?? [];
  if (change === null) throw new RangeError('a plan without fingerprints was started');
  const ca = caChangeOf(plan, hands.rules());
  if (after.kind === 'restore') {
    return { expectations: expectBaseline(matrix, change, ca), listener: state, change };
  }
  const slots = slotsAfter(plan, after.step + 1);
  const isCaDone = slots.ca.includes(plan.to.id);
  const held = { ...heldIn(plan, slots), viaGap: hasGap(plan) };
  const expectations = expectStep(matrix, change, held, isCaDone ? ca : null);
  return { expectations, listener: state, change };
}

/** What a target that was found in place must show. */
export async function claimWithoutBaseline(
  hands: Hands,
  rotation: Rotation,
  state: ListenerState,
  signal: AbortSignal,
): Promise<Claim> {
  const { plan } = rotation.record;
  const planned = changeOf(plan);
  if (planned === null) throw new RangeError('a plan without fingerprints was started');
  // An unknown key type is taken for the old one: then the cells of that type must show the new leaf.
  const keyType = planned.new.keyType ?? planned.old.keyType ?? 'rsa';
  const change = { ...planned, new: { ...planned.new, keyType } };
  const { cells, otherNames } = await fieldOf(hands, state, plan, signal);
  const touched = slotsOf(plan);
  const ca = caChangeOf(plan, hands.rules());
  const isAnsweredByNew = ({ serverName }: Cell): boolean => {
    if (serverName === null) return touched.includes('default');
    // Which of two certificates with the same name answers is not documented.
    const isOnly = !covers({ names: otherNames }, serverName);
    return touched.includes('additional') && isOnly && covers(plan.to, serverName);
  };
  const expectations = expectLanded(cells, change, isAnsweredByNew, ca);
  return { expectations, listener: state, change };
}

/** Whether any cell must show something that only the new certificate explains. */
export function canShow({ expectations }: Claim, plan: RotationPlan): boolean {
  const isServer = slotsOf(plan).some((slot) => slot !== 'ca');
  return isServer
    ? expectations.length > 0
    : expectations.some(({ client }) => client.names !== null);
}
