import type { JournalEntry } from '../../src/domain/rotation.ts';
import type { LabOptions } from './rotation-lab.ts';
import { type SlotCase, slotCases } from './rotation-steps.ts';

/** One step of a plan. */
export interface StepCase {
  readonly title: string;
  readonly step: number;
  readonly slot: SlotCase;
  /** The action that its write calls. */
  readonly action: string;
}

const update = 'UpdateListenerAttribute';

export const steps: readonly StepCase[] = [
  { title: 'replace default', step: 0, slot: slotCases.default, action: update },
  {
    title: 'bind additional',
    step: 0,
    slot: slotCases.additional,
    action: 'AssociateAdditionalCertificatesWithListener',
  },
  {
    title: 'unbind additional',
    step: 1,
    slot: slotCases.additional,
    action: 'DisassociateAdditionalCertificatesWithListener',
  },
  { title: 'replace CA', step: 0, slot: slotCases.ca, action: update },
];

/** What goes wrong, from when until when. */
export interface StepFault {
  readonly title: string;
  /** What is ordered. */
  readonly orders: (at: StepCase) => readonly object[];
  /** After which event of the step it is ordered. */
  readonly from: JournalEntry['kind'];
  /** Cleared once the way back begins; left out, it stays until the end. */
  readonly until?: 'restore';
  readonly lab?: Pick<LabOptions, 'verify' | 'pace' | 'config'>;
}

const zone = 'cn-hangzhou-b';

/** Short enough to wait for, long enough for a busy machine to answer in. */
const shortTimeouts = { config: { cloud: { timeouts: { read: '700ms' } } } };

function onWrite(title: string, fault: object, more: Partial<StepFault> = {}): StepFault {
  return {
    title,
    from: 'intended',
    orders: ({ action }) => [{ ...fault, action }],
    ...more,
  };
}

function forGood(title: string, fault: object): StepFault {
  const orders = ({ slot }: StepCase) => [{ ...fault, zone, listenerId: slot.listener }];
  return { title: `${title}, for good`, from: 'intended', orders };
}

function inZone(title: string, fault: object): readonly StepFault[] {
  const stays = forGood(title, fault);
  return [stays, { ...stays, title: `${title}, until the old one is put back`, until: 'restore' }];
}

function elsewhere(title: string, fault: object): StepFault {
  return { title, from: 'intended', orders: () => [fault] };
}

function thirdParty(
  title: string,
  from: StepFault['from'],
  after: (at: StepCase) => object,
): StepFault {
  const orders = (at: StepCase) => [
    {
      kind: 'rebind',
      listenerId: at.slot.listener,
      slot: at.slot.slot,
      certificateId: at.slot.third,
      ...after(at),
    },
  ];
  return { title, from, orders };
}

const answer = 'answer';

/** Every kind of fault that the sandbox knows and that can meet a step of a rotation. */
export const faults: readonly StepFault[] = [
  onWrite('the write is told to wait (`Conflict.Lock`), once', {
    kind: answer,
    code: 'Conflict.Lock',
  }),
  onWrite('the write is told to wait, always', {
    kind: answer,
    code: 'Conflict.Lock',
    times: 'always',
  }),
  onWrite('the write is denied (`Forbidden.RAM`)', {
    kind: answer,
    code: 'Forbidden.RAM',
    times: 'always',
  }),
  onWrite('the write gets an HTML page, once', { kind: answer, body: 'html-502' }),
  onWrite('the write gets an HTML page, always', {
    kind: answer,
    body: 'html-502',
    times: 'always',
  }),
  onWrite('the write gets an empty 503, always', {
    kind: answer,
    body: 'empty-503',
    times: 'always',
  }),
  onWrite('the write is reset, always', { kind: answer, body: 'reset', times: 'always' }),
  onWrite(
    'the write hangs, always',
    { kind: answer, body: 'hang', times: 'always' },
    { lab: shortTimeouts },
  ),
  onWrite('the reply is lost, once', { kind: 'lose-reply' }),
  onWrite('the reply is lost, always', { kind: 'lose-reply', times: 'always' }),
  onWrite('the write lands late, while it is repeated', { kind: 'delay-write', seconds: 0.05 }),
  onWrite(
    'the write lands when it was given up',
    { kind: 'delay-write', seconds: 2, times: 4 },
    { lab: { verify: { settle: 5000, deadline: 6500 } } },
  ),
  onWrite('the job fails, once', { kind: 'fail-job' }),
  onWrite('the job fails, always', { kind: 'fail-job', times: 'always' }),
  onWrite('the job never ends', { kind: 'stuck-job' }, { lab: { pace: { jobDeadline: 300 } } }),
  elsewhere('a reading gets an HTML page, once', {
    kind: answer,
    action: 'GetListenerAttribute',
    body: 'html-502',
  }),
  {
    ...elsewhere('readings get an HTML page, always', {
      kind: answer,
      action: 'GetListenerAttribute',
      body: 'html-502',
      times: 'always',
    }),
    lab: shortTimeouts,
  },
  {
    ...elsewhere('nobody tells of the job (empty 503)', {
      kind: answer,
      action: 'GetJobStatus',
      body: 'empty-503',
      times: 'always',
    }),
    lab: shortTimeouts,
  },
  elsewhere('lists repeat a page', { kind: 'repeat-page', action: '*', times: 'always' }),
  elsewhere('the cloud’s clock is 10 minutes off', { kind: 'clock-skew', offsetMillis: 600_000 }),
  elsewhere('the cloud’s clock is 20 minutes off', { kind: 'clock-skew', offsetMillis: 1_200_000 }),
  forGood('a zone keeps what it has', { kind: 'keep-old' }),
  ...inZone('a zone alternates', { kind: 'alternate' }),
  ...inZone('a zone drops connections', { kind: 'drop' }),
  ...inZone('a zone leaves out intermediates', { kind: 'no-intermediate' }),
  ...inZone('a zone serves another name', { kind: 'wrong-name' }),
  ...inZone('a zone speaks plain text', { kind: 'plain-text' }),
  thirdParty('somebody binds another before the write', 'intended', () => ({})),
  thirdParty('somebody binds another right after it', 'intended', ({ action }) => ({
    after: { action },
  })),
  thirdParty('somebody binds another during the proof', 'settled', () => ({})),
];

/** Whether the fault was ordered for a write of this step. */
export function isDue({ from }: StepFault, { step }: StepCase, entry: JournalEntry): boolean {
  return (
    entry.kind === from &&
    (entry.kind === 'intended' || entry.kind === 'settled') &&
    entry.direction === 'swap' &&
    entry.step === step
  );
}
