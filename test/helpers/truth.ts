import assert from 'node:assert/strict';
import type { Slot } from '../../src/domain/listener.ts';
import {
  type RecordedSlots,
  type RotationPlan,
  slotsOf as slotsOfPlan,
} from '../../src/domain/plan.ts';
import { outcomeOf, type Rotation, slotsAfter } from '../../src/domain/rotation-state.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { type State, stateOfSandbox } from '../sandbox/support.ts';

/** What every listener holds, as the sandbox knows it. */
export type Bindings = ReadonlyMap<string, RecordedSlots>;

export async function bindingsOf(sandbox: RunningSandbox): Promise<Bindings> {
  const { listeners } = await stateOfSandbox(sandbox);
  return new Map(listeners.map((listener) => [listener.id, slotsIn(listener)]));
}

/** What the slots of one listener hold; additional certificates in the order of their ids. */
export async function slotsOf(sandbox: RunningSandbox, listener: string): Promise<RecordedSlots> {
  const slots = (await bindingsOf(sandbox)).get(listener);
  assert.ok(slots, `no listener ${listener}`);
  return slots;
}

/**
 * That the outcome is what the slots hold and the zones serve, that a certificate which somebody else has bound is still there, and
 * that no other listener was touched.
 */
export async function assertTruth(
  sandbox: RunningSandbox,
  rotation: Rotation,
  { before, third }: { readonly before: Bindings; readonly third: string | null },
): Promise<void> {
  const { plan } = rotation.record;
  const { listenerId } = plan.ref;
  const state = await stateOfSandbox(sandbox);
  const now = await bindingsOf(sandbox);
  const slots = now.get(listenerId);
  assert.ok(slots);
  const others = (bindings: Bindings) => [...bindings].filter(([id]) => id !== listenerId);
  assert.deepEqual(others(now), others(before));
  assert.equal(slots.clientAuth, before.get(listenerId)?.clientAuth);
  if (third !== null) assert.ok(heldBy(slots).includes(third), 'somebody was overwritten');
  const wanted = slotsWanted(rotation);
  if (wanted === null) return;
  assert.deepEqual(slots, wanted);
  const listener = state.listeners.find(({ id }) => id === listenerId);
  if (slotsOfPlan(plan).every((slot) => slot === 'ca')) return;
  const answers = outcomeOf(rotation) === 'committed' ? plan.to.id : plan.from.id;
  for (const point of listener?.serving ?? []) {
    const held = [point.default, ...point.additional].map((each) => each?.certificateId);
    // Of two that fit a name equally well the one bound first answers.
    const first = held.find((id) => id === plan.from.id || id === plan.to.id);
    assert.equal(first, answers, point.zone);
  }
}

/** Who of the two certificates is bound, in a word. */
export function boundIn(slots: RecordedSlots, { from, to }: RotationPlan): string {
  const held = heldBy(slots);
  if (held.includes(from.id)) return held.includes(to.id) ? 'both' : 'the old one';
  return held.includes(to.id) ? 'the new one' : 'neither';
}

/** Null where a person has to look. */
function slotsWanted(rotation: Rotation): RecordedSlots | null {
  const { plan } = rotation.record;
  switch (outcomeOf(rotation)) {
    case 'committed':
      return slotsAfter(plan, plan.steps.length);
    case 'rolled-back':
    case 'refused':
      return plan.recorded;
    case 'needs-operator':
    case null:
      return null;
  }
}

function heldBy(slots: RecordedSlots): readonly string[] {
  const all: readonly Slot[] = ['default', 'additional', 'ca'];
  return all.flatMap((slot) => slots[slot]);
}

function slotsIn({ slots, caEnabled }: State['listeners'][number]): RecordedSlots {
  return {
    default: slots.default === null ? [] : [slots.default],
    additional: slots.additional.map(({ certificateId }) => certificateId).toSorted(),
    ca: slots.ca === null ? [] : [slots.ca],
    clientAuth: caEnabled,
  };
}
