import type { Certificate, CertificateId } from './certificate.ts';
import type { ListenerRef, ListenerState, Slot } from './listener.ts';
import { idsIn, listenerKey } from './listener.ts';

/** One change of one slot. Its restore is the same change the other way round. */
export type Step =
  | {
      readonly kind: 'replace';
      readonly slot: 'default' | 'ca';
      readonly from: CertificateId;
      readonly to: CertificateId;
    }
  | { readonly kind: 'bind'; readonly slot: 'additional'; readonly ids: readonly CertificateId[] }
  | {
      readonly kind: 'unbind';
      readonly slot: 'additional';
      readonly ids: readonly CertificateId[];
    };

/** The certificate settings of a listener when the plan was made. */
export interface RecordedSlots {
  readonly default: readonly CertificateId[];
  readonly additional: readonly CertificateId[];
  readonly ca: readonly CertificateId[];
  readonly clientAuth: boolean;
}

/** Ordered steps on one listener, decided before anything is touched. */
export interface RotationPlan {
  /** SHA-256 over the canonical form of listener, recorded slots and steps: approvals name it. */
  readonly hash: string;
  readonly ref: ListenerRef;
  readonly recorded: RecordedSlots;
  readonly steps: readonly Step[];
  /** The certificate that goes and the one that comes, as known when planned. */
  readonly from: Certificate;
  readonly to: Certificate;
}

export type Digest = (text: string) => string;

export function recordedSlots(state: ListenerState): RecordedSlots {
  return {
    default: idsIn(state, 'default'),
    additional: idsIn(state, 'additional'),
    ca: idsIn(state, 'ca'),
    clientAuth: state.clientAuth,
  };
}

/** The slots as they are once the step is done: the only difference a step may make. */
export function applyStep(slots: RecordedSlots, step: Step): RecordedSlots {
  switch (step.kind) {
    case 'replace':
      return {
        ...slots,
        [step.slot]: slots[step.slot].map((id) => (id === step.from ? step.to : id)).toSorted(),
      };
    case 'bind':
      return { ...slots, additional: [...new Set([...slots.additional, ...step.ids])].toSorted() };
    case 'unbind':
      return { ...slots, additional: slots.additional.filter((id) => !step.ids.includes(id)) };
  }
}

/** The same change the other way round. */
export function reversed(step: Step): Step {
  switch (step.kind) {
    case 'replace':
      return { ...step, from: step.to, to: step.from };
    case 'bind':
      return { ...step, kind: 'unbind' };
    case 'unbind':
      return { ...step, kind: 'bind' };
  }
}

/**
 * The steps, by number, that make the recorded slots read like this, in whatever order they were done. Null: no set of them does, so
 * somebody else has been at work.
 */
export function stepsFound(
  { steps, recorded }: Pick<RotationPlan, 'steps' | 'recorded'>,
  now: RecordedSlots,
): readonly number[] | null {
  const found = steps.flatMap((step, index) => (isDone(step, now) ? [index] : []));
  const expected = steps
    .filter((_step, index) => found.includes(index))
    .reduce(applyStep, recorded);
  return sameSlots(now, expected) ? found : null;
}

function isDone(step: Step, now: RecordedSlots): boolean {
  switch (step.kind) {
    case 'replace':
      return now[step.slot].includes(step.to) && !now[step.slot].includes(step.from);
    case 'bind':
      return step.ids.every((id) => now.additional.includes(id));
    case 'unbind':
      return !step.ids.some((id) => now.additional.includes(id));
  }
}

/** The slots that the plan changes, in the order of its steps. */
export function slotsOf({ steps }: Pick<RotationPlan, 'steps'>): readonly Slot[] {
  return [...new Set(steps.map(({ slot }) => slot))];
}

/** Whether an additional certificate goes before the new one comes. */
export function hasGap({ steps }: Pick<RotationPlan, 'steps'>): boolean {
  const unbind = steps.findIndex(({ kind }) => kind === 'unbind');
  return unbind >= 0 && steps.findIndex(({ kind }) => kind === 'bind') > unbind;
}

/** Which certificate of the pair the server slots hold. */
export function heldIn(
  { from, to }: Pick<RotationPlan, 'from' | 'to'>,
  slots: RecordedSlots,
): { readonly old: boolean; readonly new: boolean } {
  const server = [...slots.default, ...slots.additional];
  return { old: server.includes(from.id), new: server.includes(to.id) };
}

export function sameSlots(a: RecordedSlots, b: RecordedSlots): boolean {
  const same = (slot: Slot): boolean =>
    a[slot].toSorted().join('\n') === b[slot].toSorted().join('\n');
  return a.clientAuth === b.clientAuth && same('default') && same('additional') && same('ca');
}

/**
 * What an approval approves: which certificates go where, by fingerprint where it is known. Times, windows,
 * observations and versions stay out, so the hash holds until the decision itself changes.
 */
export function planHash(plan: Omit<RotationPlan, 'hash'>, sha256: Digest): string {
  const name = (id: CertificateId): string => {
    if (id === plan.from.id) return plan.from.fingerprint256 ?? id;
    return id === plan.to.id ? (plan.to.fingerprint256 ?? id) : id;
  };
  const steps = plan.steps.map((step) =>
    step.kind === 'replace'
      ? [step.kind, step.slot, name(step.from), name(step.to)]
      : [step.kind, step.slot, ...step.ids.map(name)],
  );
  const { recorded } = plan;
  return sha256(
    JSON.stringify([
      listenerKey(plan.ref),
      [recorded.default, recorded.additional, recorded.ca, recorded.clientAuth],
      steps,
    ]),
  );
}
