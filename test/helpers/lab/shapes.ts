import type { Certificate } from '../../../src/domain/certificate.ts';
import type { RecordedSlots, Step } from '../../../src/domain/plan.ts';
import { aCertificate, after, days, fingerprint, hours, today } from '../facts.ts';

/** What a listener holds before, and the plan that changes it. */
export interface Shape {
  readonly name: string;
  readonly slots: RecordedSlots;
  readonly steps: readonly Step[];
  /** Which of the pairs the plan exchanges. */
  readonly pair: 'server' | 'ca';
}

/** The certificates of the world, by what they are in it. */
export interface Stock {
  readonly old: Certificate;
  readonly fresh: Certificate;
  readonly oldCa: Certificate;
  readonly freshCa: Certificate;
  /** In the default slot where only an additional certificate is rotated. */
  readonly front: Certificate;
  /** An additional certificate that no plan names. */
  readonly side: Certificate;
  /** Bound by somebody else. */
  readonly foreign: Certificate;
}

const www = ['www.example.com'];

export function stockOf(isOldExpired: boolean): Stock {
  const oldEnd = after(today, isOldExpired ? -hours(2) : days(20));
  const freshEnd = after(today, days(200));
  return {
    old: aCertificate({ id: '101', label: 'Old', names: www, notAfter: oldEnd }),
    fresh: aCertificate({ id: '202', label: 'New', names: www, notAfter: freshEnd }),
    oldCa: aCertificate({ id: '41', label: 'Old Root', names: [], notAfter: oldEnd }),
    freshCa: aCertificate({ id: '42', label: 'New Root', names: [], notAfter: freshEnd }),
    front: aCertificate({ id: '900', label: 'Front', names: [] }),
    side: aCertificate({ id: '901', label: 'Side', names: ['side.example.com'] }),
    foreign: aCertificate({ id: '303', label: 'Foreign', names: www }),
  };
}

const replaceDefault: Step = { kind: 'replace', slot: 'default', from: '101', to: '202' };
const replaceCa: Step = { kind: 'replace', slot: 'ca', from: '41', to: '42' };
const bind: Step = { kind: 'bind', slot: 'additional', ids: ['202'] };
const unbind: Step = { kind: 'unbind', slot: 'additional', ids: ['101'] };

export const shapes: readonly Shape[] = [
  {
    name: 'default',
    slots: { default: ['101'], additional: ['901'], ca: [], clientAuth: false },
    steps: [replaceDefault],
    pair: 'server',
  },
  {
    name: 'additional',
    slots: { default: ['900'], additional: ['101', '901'], ca: [], clientAuth: false },
    steps: [bind, unbind],
    pair: 'server',
  },
  {
    name: 'additional without room',
    slots: { default: ['900'], additional: ['101', '901'], ca: [], clientAuth: false },
    steps: [unbind, bind],
    pair: 'server',
  },
  {
    name: 'ca',
    slots: { default: ['900'], additional: ['901'], ca: ['41'], clientAuth: true },
    steps: [replaceCa],
    pair: 'ca',
  },
  {
    name: 'all three',
    slots: { default: ['101'], additional: ['101', '901'], ca: ['101'], clientAuth: true },
    steps: [replaceDefault, bind, unbind, { kind: 'replace', slot: 'ca', from: '101', to: '202' }],
    pair: 'server',
  },
];

/** How many additional certificates the load balancer may hold: only the shape without room is at its limit. */
export function quotaOf(shape: Shape): number {
  return shape.steps[0]?.kind === 'unbind' ? shape.slots.additional.length : 25;
}

export function leafOf(certificate: Certificate): string {
  return certificate.fingerprint256 ?? fingerprint(certificate.id);
}
