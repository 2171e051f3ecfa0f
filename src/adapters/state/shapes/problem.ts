import { z } from 'zod';
import type { BindingName, Outlook, ProblemFacts } from '../../../domain/problem.ts';
import type { OperatorReason, Outcome, RefusalReason } from '../../../domain/rotation.ts';
import type { Slot } from '../../../domain/listener.ts';
import { instant } from '../codec.ts';
import { storeSite } from './certificate.ts';
import { operatorReason, refusalReason } from './journal.ts';
import { oneOf, variants } from './kit.ts';
import { listenerRef } from './listener.ts';
import { situation } from './situation.ts';
import { mismatch } from './verification.ts';

/** The facts with one member a kind, where the domain lets two kinds share a member. */
type OfOneKind<F> = F extends { readonly kind: infer K }
  ? K extends string
    ? Omit<F, 'kind'> & { readonly kind: K }
    : never
  : never;

const binding: z.ZodType<BindingName> = z.strictObject({
  ref: listenerRef,
  loadBalancerName: z.string(),
  listenerDescription: z.string(),
  port: z.int(),
  slot: oneOf<Slot>({ default: true, additional: true, ca: true }),
  policy: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const rejection = z.strictObject({
  candidate: z.string(),
  reason: z.string(),
  detail: z.string(),
  about: z.array(z.string()).optional(),
});

const outlook = variants<Outlook>({
  rotates: z.strictObject({
    kind: z.literal('rotates'),
    to: z.string(),
    notBefore: instant.nullable(),
  }),
  waits: z.strictObject({ kind: z.literal('waits'), reason: z.string() }),
  'no-candidate': z.strictObject({
    kind: z.literal('no-candidate'),
    rejections: z.array(rejection),
  }),
  'not-ours': z.strictObject({
    kind: z.literal('not-ours'),
    reason: z.string(),
    owner: z.string().optional(),
  }),
});

const reason: z.ZodType<RefusalReason | OperatorReason> = z.union([refusalReason, operatorReason]);

/** The certificate of a rotation; the Journal's plan has more of it than an alert needs. */
const rotated = z.object({
  id: z.string(),
  fingerprint256: z.string().nullable(),
  notAfter: instant.nullable(),
});

const aboutCertificate = {
  account: z.string(),
  site: storeSite,
  certificate: z.object({
    id: z.string(),
    label: z.string(),
    names: z.array(z.string()),
    fingerprint256: z.string().nullable(),
  }),
  notAfter: instant,
  bindings: z.array(binding),
};

const atEndpoint = { binding, zone: z.string(), address: z.string() };

const outcome = oneOf<Outcome>({
  committed: true,
  'rolled-back': true,
  refused: true,
  'needs-operator': true,
});

export const problemFacts: z.ZodType<ProblemFacts> = variants<OfOneKind<ProblemFacts>>({
  expiring: z.strictObject({
    kind: z.literal('expiring'),
    ...aboutCertificate,
    outlook: z.array(outlook),
  }),
  expired: z.strictObject({
    kind: z.literal('expired'),
    ...aboutCertificate,
    outlook: z.array(outlook),
  }),
  'no-replacement': z.strictObject({
    kind: z.literal('no-replacement'),
    ...aboutCertificate,
    rejections: z.array(rejection),
  }),
  drift: z.strictObject({
    kind: z.literal('drift'),
    ...atEndpoint,
    bound: z.string().nullable(),
    served: z.string(),
  }),
  unreachable: z.strictObject({
    kind: z.literal('unreachable'),
    ...atEndpoint,
    reason: z.string(),
    lastServedAt: instant,
  }),
  'not-probed': z.strictObject({
    kind: z.literal('not-probed'),
    account: z.string(),
    vpcId: z.string().nullable(),
    listeners: z.int(),
  }),
  'expiry-unknown': z.strictObject({
    kind: z.literal('expiry-unknown'),
    account: z.string(),
    certificateId: z.string(),
    bindings: z.array(binding),
  }),
  'owned-elsewhere': z.strictObject({
    kind: z.literal('owned-elsewhere'),
    binding,
    owner: z.string(),
    notAfter: instant,
  }),
  'weak-tls-policy': z.strictObject({
    kind: z.literal('weak-tls-policy'),
    policy: z.string(),
    bindings: z.array(binding),
  }),
  'quota-near': z.strictObject({
    kind: z.literal('quota-near'),
    binding,
    used: z.int(),
    limit: z.int(),
  }),
  reverted: z.strictObject({
    kind: z.literal('reverted'),
    binding,
    rotationId: z.string(),
    bound: z.string(),
    to: z.string(),
    at: instant,
  }),
  rotation: z.strictObject({
    kind: z.literal('rotation'),
    rotationId: z.string(),
    binding,
    outcome,
    reason: reason.nullable(),
    detail: z.string(),
    from: rotated,
    to: rotated,
    bound: z.array(z.string()).nullable(),
    mismatches: z.array(mismatch),
    requestId: z.string().nullable(),
    situation: situation.optional(),
  }),
  'approval-wanted': z.strictObject({
    kind: z.literal('approval-wanted'),
    binding,
    planHash: z.string(),
    from: z.string(),
    to: z.string(),
    notAfter: instant,
  }),
  missing: z.strictObject({
    kind: z.literal('missing'),
    account: z.string(),
    region: z.string(),
    action: z.string(),
    code: z.string(),
  }),
  'scan-stale': z.strictObject({
    kind: z.literal('scan-stale'),
    lastSuccess: instant.nullable(),
    expectedEvery: z.number(),
  }),
  'queue-stuck': z.strictObject({
    kind: z.literal('queue-stuck'),
    queue: z.string(),
    oldest: instant,
  }),
  'sink-failing': z.strictObject({
    kind: z.literal('sink-failing'),
    sink: z.string(),
    since: instant,
    reason: z.string(),
  }),
  'clock-skew': z.strictObject({
    kind: z.literal('clock-skew'),
    skewMs: z.number(),
    against: oneOf<'store' | 'cloud'>({ store: true, cloud: true }),
  }),
  'store-not-durable': z.strictObject({
    kind: z.literal('store-not-durable'),
    backend: z.string(),
    detail: z.string(),
  }),
  test: z.strictObject({ kind: z.literal('test'), sink: z.string(), by: z.string() }),
});
