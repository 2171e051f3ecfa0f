import { z } from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';
import type { WaitReason } from '../../../domain/planning.ts';
import type {
  CallFailure,
  Direction,
  JournalEvent,
  OperatorReason,
  RefusalReason,
} from '../../../domain/rotation.ts';
import { oneOf, variants } from './kit.ts';
import { recordedSlots } from './plan.ts';
import { servedNow } from './situation.ts';
import { matrix, verification } from './verification.ts';

const errorCode = oneOf<ErrorCode>({
  'cloud.throttled': true,
  'cloud.busy': true,
  'cloud.conflict': true,
  'cloud.unavailable': true,
  'cloud.timeout': true,
  'cloud.unreadable': true,
  'cloud.denied': true,
  'cloud.credentials': true,
  'cloud.clock': true,
  'cloud.not-found': true,
  'cloud.certificate-not-found': true,
  'cloud.already-associated': true,
  'cloud.not-associated': true,
  'cloud.quota': true,
  'cloud.token-mismatch': true,
  'cloud.dry-run-passed': true,
  'cloud.refused': true,
  'config.invalid': true,
  'config.unreadable': true,
  'data-dir.locked': true,
  'store.unavailable': true,
  'store.conflict': true,
  'store.unreadable': true,
  'lease.lost': true,
  'inventory.empty': true,
  'request.invalid': true,
  'request.unauthorized': true,
  'not-found': true,
  'sink.failed': true,
  'daemon.unreachable': true,
  internal: true,
});

export const refusalReason = oneOf<RefusalReason>({
  'listener-gone': true,
  'listener-not-running': true,
  'listener-changed': true,
  'owned-elsewhere': true,
  'candidate-gone': true,
  'facts-unknown': true,
  blind: true,
  shadowed: true,
  'cloud-refused': true,
});

export const operatorReason = oneOf<OperatorReason>({
  'someone-else-writes': true,
  'settings-changed': true,
  'restore-failed': true,
  'restore-unproven': true,
  'old-certificate-unusable': true,
  'landed-unproven': true,
  'listener-gone': true,
  'job-never-ended': true,
});

const waitReason = oneOf<WaitReason>({
  'observe-mode': true,
  approval: true,
  window: true,
  freeze: true,
  'not-due': true,
  hold: true,
  canary: true,
  soak: true,
  concurrency: true,
  'load-balancer-busy': true,
  paused: true,
  'clock-skew': true,
});

const direction = oneOf<Direction>({ swap: true, restore: true });

const write = { step: z.int(), direction, attempt: z.int() };

const failure: z.ZodType<CallFailure> = z.strictObject({
  code: errorCode,
  cloudCode: z.string().nullable(),
  requestId: z.string().nullable(),
});

export const journalEvent = variants<JournalEvent>({
  baseline: z.strictObject({
    kind: z.literal('baseline'),
    matrix,
    blind: z.array(z.string()),
    version: z.string(),
  }),
  landed: z.strictObject({ kind: z.literal('landed'), blind: z.array(z.string()) }),
  intended: z.strictObject({ kind: z.literal('intended'), token: z.string(), ...write }),
  called: z.strictObject({
    kind: z.literal('called'),
    job: z.string(),
    requestId: z.string().nullable(),
    ...write,
  }),
  'call-failed': z.strictObject({
    kind: z.literal('call-failed'),
    failure,
    definite: z.boolean(),
    ...write,
  }),
  'job-failed': z.strictObject({ kind: z.literal('job-failed'), detail: z.string(), ...write }),
  settled: z.strictObject({ kind: z.literal('settled'), found: z.boolean(), ...write }),
  verified: z.strictObject({
    kind: z.literal('verified'),
    direction,
    step: z.int(),
    verification,
    oldUsable: z.boolean(),
  }),
  resumed: z.strictObject({ kind: z.literal('resumed') }),
  relapsed: z.strictObject({ kind: z.literal('relapsed'), step: z.int() }),
  deferred: z.strictObject({
    kind: z.literal('deferred'),
    reason: waitReason,
    detail: z.string(),
  }),
  refused: z.strictObject({
    kind: z.literal('refused'),
    reason: refusalReason,
    detail: z.string(),
  }),
  committed: z.strictObject({ kind: z.literal('committed'), foundDone: z.boolean() }),
  'rolled-back': z.strictObject({ kind: z.literal('rolled-back'), blamesCandidate: z.boolean() }),
  'needs-operator': z.strictObject({
    kind: z.literal('needs-operator'),
    reason: operatorReason,
    detail: z.string(),
    bound: recordedSlots.nullable(),
    served: z.array(servedNow).optional(),
  }),
  resolved: z.strictObject({
    kind: z.literal('resolved'),
    as: oneOf<'old' | 'new' | 'other'>({ old: true, new: true, other: true }),
    by: z.string(),
    note: z.string(),
  }),
  closed: z.strictObject({ kind: z.literal('closed') }),
  'looked-again': z.strictObject({
    kind: z.literal('looked-again'),
    after: z.number(),
    verification,
  }),
});
