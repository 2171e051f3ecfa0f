import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { CallFailure, JournalEvent } from '../../../src/domain/rotation.ts';
import {
  flag,
  matrix,
  number,
  orNull,
  record,
  slots,
  text,
  texts,
  verification,
} from './arbitraries.ts';

const write = { step: number, direction: fc.constantFrom('swap', 'restore'), attempt: number };
const failure: Arbitrary<CallFailure> = record({
  code: fc.constantFrom('cloud.busy', 'cloud.timeout', 'store.conflict', 'internal'),
  cloudCode: orNull(text),
  requestId: orNull(text),
});

/** One for every kind of event: a new kind breaks the build here until it has one. */
const events: {
  readonly [K in JournalEvent['kind']]: Arbitrary<Extract<JournalEvent, { kind: K }>>;
} = {
  baseline: record({ kind: fc.constant('baseline'), matrix, blind: texts, version: text }),
  landed: record({ kind: fc.constant('landed'), blind: texts }),
  intended: record({ kind: fc.constant('intended'), token: text, ...write }),
  called: record({ kind: fc.constant('called'), job: text, requestId: orNull(text), ...write }),
  'call-failed': record({ kind: fc.constant('call-failed'), failure, definite: flag, ...write }),
  'job-failed': record({ kind: fc.constant('job-failed'), detail: text, ...write }),
  settled: record({ kind: fc.constant('settled'), found: flag, ...write }),
  verified: record({
    kind: fc.constant('verified'),
    direction: write.direction,
    step: number,
    verification,
    oldUsable: flag,
  }),
  resumed: record({ kind: fc.constant('resumed') }),
  relapsed: record({ kind: fc.constant('relapsed'), step: number }),
  deferred: record({
    kind: fc.constant('deferred'),
    reason: fc.constantFrom('window', 'freeze', 'soak'),
    detail: text,
  }),
  refused: record({
    kind: fc.constant('refused'),
    reason: fc.constantFrom('blind', 'shadowed'),
    detail: text,
  }),
  committed: record({ kind: fc.constant('committed'), foundDone: flag }),
  'rolled-back': record({ kind: fc.constant('rolled-back'), blamesCandidate: flag }),
  'needs-operator': record({
    kind: fc.constant('needs-operator'),
    reason: fc.constantFrom('restore-failed', 'job-never-ended'),
    detail: text,
    bound: orNull(slots),
  }),
  resolved: record({
    kind: fc.constant('resolved'),
    as: fc.constantFrom('old', 'new', 'other'),
    by: text,
    note: text,
  }),
  closed: record({ kind: fc.constant('closed') }),
  'looked-again': record({ kind: fc.constant('looked-again'), after: number, verification }),
};

export const journalEvent: Arbitrary<JournalEvent> = fc.oneof(...Object.values(events));
