import type { CertificateId } from '../../../src/domain/certificate.ts';
import type { BoundCertificate } from '../../../src/domain/listener.ts';
import type { RecordedSlots, Step } from '../../../src/domain/plan.ts';

/** What the cloud makes of a write, whatever the slot holds: a replacement asks nobody what it replaces. */
export function carriedOut(slots: RecordedSlots, step: Step): RecordedSlots {
  switch (step.kind) {
    case 'replace':
      return { ...slots, [step.slot]: [step.to] };
    case 'bind':
      return { ...slots, additional: [...new Set([...slots.additional, ...step.ids])].toSorted() };
    case 'unbind':
      return { ...slots, additional: slots.additional.filter((id) => !step.ids.includes(id)) };
  }
}

/** The rows that a listing shows while this step is under way. */
export function rowsOf(slots: RecordedSlots, step: Step | null): readonly BoundCertificate[] {
  return (['default', 'additional', 'ca'] as const).flatMap((slot) => {
    const isTouched = step?.slot === slot;
    const going = isTouched ? goingOf(step) : [];
    const coming = isTouched ? comingOf(step).filter((id) => !slots[slot].includes(id)) : [];
    return [
      ...slots[slot].map((id): BoundCertificate => {
        return { slot, id, state: going.includes(id) ? 'unbinding' : 'bound' };
      }),
      ...coming.map((id): BoundCertificate => ({ slot, id, state: 'binding' })),
    ];
  });
}

function comingOf(step: Step): readonly CertificateId[] {
  if (step.kind === 'replace') return [step.to];
  return step.kind === 'bind' ? step.ids : [];
}

function goingOf(step: Step): readonly CertificateId[] {
  if (step.kind === 'replace') return [step.from];
  return step.kind === 'unbind' ? step.ids : [];
}
