import { z } from 'zod';
import type { RecordedSlots, RotationPlan, Step } from '../../../domain/plan.ts';
import type { RotationRecord, Trigger } from '../../../domain/rotation.ts';
import { instant } from '../codec.ts';
import { certificate } from './certificate.ts';
import { oneOf, variants } from './kit.ts';
import { listenerRef } from './listener.ts';

export const recordedSlots: z.ZodType<RecordedSlots> = z.strictObject({
  default: z.array(z.string()),
  additional: z.array(z.string()),
  ca: z.array(z.string()),
  clientAuth: z.boolean(),
});

const additional = { slot: z.literal('additional'), ids: z.array(z.string()) };

const step = variants<Step>({
  replace: z.strictObject({
    kind: z.literal('replace'),
    slot: oneOf<'default' | 'ca'>({ default: true, ca: true }),
    from: z.string(),
    to: z.string(),
  }),
  bind: z.strictObject({ kind: z.literal('bind'), ...additional }),
  unbind: z.strictObject({ kind: z.literal('unbind'), ...additional }),
});

const rotationPlan: z.ZodType<RotationPlan> = z.strictObject({
  hash: z.string(),
  ref: listenerRef,
  recorded: recordedSlots,
  steps: z.array(step),
  from: certificate,
  to: certificate,
});

const trigger = variants<Trigger>({
  schedule: z.strictObject({ kind: z.literal('schedule'), emergency: z.boolean() }),
  manual: z.strictObject({
    kind: z.literal('manual'),
    requestId: z.string(),
    requestedBy: z.string(),
    reason: z.string(),
    ignoreWindow: z.boolean(),
    undoes: z.string().optional(),
  }),
});

export const rotationRecord: z.ZodType<RotationRecord> = z.strictObject({
  id: z.string(),
  plan: rotationPlan,
  trigger,
  policy: z.string(),
  canary: z.boolean(),
  admittedAt: instant,
  listener: z.strictObject({
    loadBalancerName: z.string(),
    description: z.string(),
    port: z.int(),
    tags: z.record(z.string(), z.string()).optional(),
  }),
});
