import type { Millis } from './certificate.ts';
import type { RotationPlan } from './plan.ts';
import type { Freeze, Policy } from './policy.ts';
import type { Trigger } from './rotation.ts';
import { earliestStart, nextOpening } from './window.ts';

/** What the calendar needs to know of a rotation that wants to start. */
export interface Timing {
  readonly plan: RotationPlan;
  readonly policy: Policy;
  readonly trigger: Trigger;
  readonly freezes: readonly Freeze[];
  readonly now: Date;
}

/** Freezes and windows may take turns; more than this many and nobody can say when it starts. */
const longestChain = 50;

/** Whether the bound certificate ends before the next opening, with the policy's margin, and the policy rotates then. */
export function isEmergency({ plan, policy, now }: Omit<Timing, 'trigger' | 'freezes'>): boolean {
  return policy.emergency === 'rotate' && isPressing({ plan, policy, now });
}

/** Whether waiting for the next opening would be too late, whatever the policy does about it. */
export function isPressing({ plan, policy, now }: Omit<Timing, 'trigger' | 'freezes'>): boolean {
  const { notAfter } = plan.from;
  if (notAfter === null) return false;
  // Windows that never open cannot be waited for: what counts then is the certificate's own end.
  const opening = nextOpening(policy.windows, now) ?? now;
  return notAfter.getTime() < opening.getTime() + policy.emergencyMargin;
}

/** When the schedule takes the plan up; null when it is due already. A revoked certificate is, and so is a request. */
export function notDueUntil(timing: Omit<Timing, 'freezes'>): Date | null {
  const { plan, policy, trigger, now } = timing;
  if (trigger.kind === 'manual' || plan.from.revoked || isEmergency(timing)) return null;
  if (plan.from.notAfter === null) return null;
  const due = new Date(plan.from.notAfter.getTime() - policy.renewBefore);
  return due > now ? due : null;
}

/** The freeze in force that ends last; null when none binds this rotation. */
export function freezeOver(timing: Timing): Freeze | null {
  const emergency = isEmergency(timing);
  const binding = timing.freezes.filter(
    ({ from, until, allowEmergency }) =>
      from <= timing.now && timing.now < until && !(emergency && allowEmergency),
  );
  const [last] = binding.toSorted((a, b) => b.until.getTime() - a.until.getTime());
  return last ?? null;
}

/** The earliest instant, now or later, that the windows allow; null when they never open. */
export function windowStart(timing: Omit<Timing, 'freezes'>): Date | null {
  const { plan, policy, trigger, now } = timing;
  if (isEmergency(timing)) return now;
  if (trigger.kind === 'schedule') return earliestStart(policy.windows, plan.hash, now);
  // Nobody who asks by hand should wait for a delay that only spreads the schedule.
  return trigger.ignoreWindow && policy.allowIgnoreWindow ? now : nextOpening(policy.windows, now);
}

/**
 * The earliest instant, from `after` on, at which neither due date, freeze nor window is in the way; null when there is none.
 * What others do meanwhile is not foreseen.
 */
export function startsAt(timing: Timing, after: Date): Date | null {
  let instant = new Date(Math.max(timing.now.getTime(), after.getTime()));
  for (let turn = 0; turn < longestChain; turn += 1) {
    const then = { ...timing, now: instant };
    const next = notDueUntil(then) ?? freezeOver(then)?.until ?? windowStart(then);
    if (next === null || next <= instant) return next;
    instant = next;
  }
  return null;
}

/** A later instant. */
export function plus(instant: Date, length: Millis): Date {
  return new Date(instant.getTime() + length);
}
