import { evolve, replay } from '../../domain/evolve.ts';
import { listenerKey, type ListenerRef, type ListenerState } from '../../domain/listener.ts';
import type { Fingerprint } from '../../domain/certificate.ts';
import { recordedSlots, sameSlots, slotsOf, type RotationPlan } from '../../domain/plan.ts';
import { isAlarmed, outcomeOf, slotsAfter, type Rotation } from '../../domain/rotation-state.ts';
import type { Matrix } from '../../domain/verification.ts';
import { close } from './close.ts';
import { accountOf, type RotateDeps } from './deps.ts';
import { isChanging, readAgreed } from './read.ts';
import { releaseForgotten } from './release.ts';
import { changeOf, fieldOf, look } from './see.ts';

/** What the operator says is bound and served now. `other`: neither the old nor the new certificate, on purpose. */
export interface Resolution {
  readonly rotationId: string;
  readonly as: 'old' | 'new' | 'other';
  readonly by: string;
  readonly note: string;
}

export type Resolved =
  | { readonly kind: 'resolved'; readonly rotation: Rotation }
  /** Nobody knows the rotation any more; the listener that it held is free. */
  | { readonly kind: 'released'; readonly ref: ListenerRef; readonly since: Date }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown' };

/** What an endpoint must serve to whoever names no server, for the operator's word to hold. */
type Reality = { readonly state: ListenerState; readonly matrix: Matrix };

/**
 * Takes the operator's word, after looking: the slots must read as said and the endpoints must serve what the slots say.
 * Refused, with what was seen instead, when reality differs. On success the hold is released.
 */
export async function resolveRotation(
  deps: RotateDeps,
  resolution: Resolution,
  signal: AbortSignal,
): Promise<Resolved> {
  const asked = await readRotation(deps, resolution.rotationId);
  if (asked === null) return releaseForgotten(deps, resolution, signal);
  const outcome = outcomeOf(asked);
  if (outcome !== 'needs-operator' && !(await isStillAsking(deps, asked))) {
    return refused(`the rotation does not need an operator: ${outcome ?? 'it is still under way'}`);
  }
  if (asked.resolution !== null) return releaseAgain(deps, asked, asked.resolution);
  const objection = await objectionOf(deps, asked, resolution.as, signal);
  if (objection !== null) return refused(objection);
  // Looking took a while. Whoever closes it now would put back the hold that we take off.
  const rotation = await readRotation(deps, resolution.rotationId);
  return rotation?.closed === true && rotation.resolution === null
    ? settle(deps, rotation, resolution)
    : refused('the rotation is just being put on hold or released: try again in a minute');
}

async function readRotation(
  { journal }: Pick<RotateDeps, 'journal'>,
  rotationId: string,
): Promise<Rotation | null> {
  const found = await journal.read(rotationId);
  return found === null ? null : replay(found.record, found.entries);
}

/** A later look has raised an alarm, or the listener is on hold although the Journal has forgotten why. */
async function isStillAsking(
  { admission }: Pick<RotateDeps, 'admission'>,
  rotation: Rotation,
): Promise<boolean> {
  if (rotation.ending === null) return false;
  if (isAlarmed(rotation)) return true;
  const { holds } = await admission.read();
  const { id, plan } = rotation.record;
  return holds[listenerKey(plan.ref)]?.rotationId === id;
}

/** An executor that was stopped in its last step and wakes after the resolution puts the listener on hold once more. */
async function releaseAgain(
  deps: RotateDeps,
  rotation: Rotation,
  { as, by }: NonNullable<Rotation['resolution']>,
): Promise<Resolved> {
  const { id, plan } = rotation.record;
  const { holds } = await deps.admission.read();
  if (holds[listenerKey(plan.ref)]?.rotationId !== id) {
    return refused(`already resolved as ${as} by ${by}`);
  }
  await close(deps, rotation);
  return { kind: 'resolved', rotation };
}

async function settle(
  deps: RotateDeps,
  rotation: Rotation,
  resolution: Resolution,
): Promise<Resolved> {
  const { rotationId, as, by, note } = resolution;
  const event = { kind: 'resolved', as, by, note } as const;
  const resolved = evolve(rotation, await deps.journal.append(rotationId, event, rotation.length));
  await deps.journal.append(rotationId, await close(deps, resolved), resolved.length);
  await deps.journal.settle(rotationId);
  return { kind: 'resolved', rotation: resolved };
}

async function objectionOf(
  deps: RotateDeps,
  rotation: Rotation,
  as: Resolution['as'],
  signal: AbortSignal,
): Promise<string | null> {
  const { plan } = rotation.record;
  const cloud = accountOf(deps, plan.ref.account);
  const state = await readAgreed({ ...deps, cloud }, plan.ref, signal);
  if (state === null) {
    return as === 'other' ? null : 'the listener no longer exists: resolve it as other';
  }
  if (isChanging(state)) return 'the listener is still in change: try again when it is running';
  const { cells } = await fieldOf({ ...deps, cloud }, state, plan, signal);
  const isDefault = slotsOf(plan).includes('default');
  const telling = cells.filter(({ serverName }) => !isDefault || serverName === null);
  const matrix = await look(deps.prober, telling, state, signal);
  return contradiction(plan, as, { state, matrix });
}

function contradiction(plan: RotationPlan, as: Resolution['as'], real: Reality): string | null {
  const holds = boundNow(plan, real.state);
  if (holds !== as) {
    const slots = recordedSlots(real.state);
    const held = slotsOf(plan).map(
      (slot) => `the ${slot} slot holds ${slots[slot].join(', ') || 'nothing'}`,
    );
    return `${held.join(' and ')}: that is "${holds}", not "${as}"`;
  }
  const change = changeOf(plan);
  if (as === 'other' || change === null) return null;
  const [leaf, other] = as === 'old' ? [change.old, change.new] : [change.new, change.old];
  return differently(plan, real.matrix, leaf.fingerprint256, other.fingerprint256);
}

function boundNow(plan: RotationPlan, state: ListenerState): Resolution['as'] {
  const now = recordedSlots(state);
  if (sameSlots(now, plan.recorded)) return 'old';
  return sameSlots(now, slotsAfter(plan, plan.steps.length)) ? 'new' : 'other';
}

/**
 * The first endpoint that serves something else than the slots say: to whoever names no server another leaf than the default slot's,
 * to anybody the leaf that is not bound. Silence alone contradicts nothing.
 */
function differently(
  plan: RotationPlan,
  matrix: Matrix,
  leaf: Fingerprint,
  other: Fingerprint,
): string | null {
  const isDefault = slotsOf(plan).includes('default');
  for (const { cell, sight } of matrix) {
    if (sight.kind !== 'served') continue;
    const { fingerprint256 } = sight;
    const mustBeLeaf = isDefault && cell.serverName === null;
    if (fingerprint256 === other || (mustBeLeaf && fingerprint256 !== leaf)) {
      const { zone, address, port } = cell.endpoint;
      return `${zone} ${address}:${port} still serves ${fingerprint256.slice(0, 16)}…`;
    }
  }
  return null;
}

function refused(reason: string): Resolved {
  return { kind: 'refused', reason };
}
