import type { ListenerState } from '../../domain/listener.ts';
import { recordedSlots, sameSlots, type RecordedSlots } from '../../domain/plan.ts';
import { slotsAfter, slotsAround, type Rotation } from '../../domain/rotation-state.ts';
import type { JournalEvent, Write } from '../../domain/rotation.ts';
import type { Hands } from './deps.ts';
import { readAtRest } from './read.ts';

type AtRest = ListenerState | null | 'changing';

/**
 * The listener at rest, before a write. While a later step may still land, taking the new certificate away could leave its names
 * without any: then both stay until the step has had its time.
 */
export async function readBefore(
  hands: Hands,
  rotation: Rotation,
  { write, failures }: { readonly write: Write; readonly failures: number },
  signal: AbortSignal,
): Promise<AtRest> {
  const { plan } = rotation.record;
  const state = await readAtRest(hands, plan.ref, signal);
  const takesAway = write.direction === 'restore' && plan.steps[write.step]?.kind === 'bind';
  const isFirst = failures === 0;
  if (!takesAway || !isFirst || !isLaterInDoubt(rotation, write)) return state;
  return whileUnchanged(hands, state, slotsAround(plan, write).before, signal);
}

/** Watches for as long as a rollback has to settle; the last reading, or the first that shows other slots. */
async function whileUnchanged(
  hands: Hands,
  state: AtRest,
  slots: RecordedSlots,
  signal: AbortSignal,
): Promise<AtRest> {
  const { settle, gap } = hands.rules().verify;
  const until = hands.clock.monotonic() + settle;
  let now = state;
  while (holds(now, slots) && hands.clock.monotonic() < until) {
    await hands.clock.sleep(Math.max(gap, hands.pace.poll), signal);
    if (now !== null && now !== 'changing') now = await readAtRest(hands, now.ref, signal);
  }
  return now;
}

function holds(state: AtRest, slots: RecordedSlots): boolean {
  return state !== null && state !== 'changing' && sameSlots(recordedSlots(state), slots);
}

/** A step that was given up has landed after all, with the steps before it still done. Null: it has not. */
export function landedLate(
  rotation: Rotation,
  write: Write,
  now: RecordedSlots,
): JournalEvent | null {
  const { record, inDoubt } = rotation;
  if (inDoubt === null || write.direction === 'swap' || !isLaterInDoubt(rotation, write))
    return null;
  return sameSlots(now, slotsAfter(record.plan, inDoubt + 1))
    ? { kind: 'relapsed', step: inDoubt }
    : null;
}

function isLaterInDoubt({ inDoubt }: Rotation, { step }: Write): boolean {
  return inDoubt !== null && inDoubt > step;
}
