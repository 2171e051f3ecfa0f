import { z } from 'zod';
import type { Slot } from '../../../domain/listener.ts';
import type { ServedNow, Situation } from '../../../domain/situation.ts';
import { oneOf } from './kit.ts';
import { recordedSlots } from './plan.ts';

export const servedNow: z.ZodType<ServedNow> = z.strictObject({
  zone: z.string(),
  address: z.string(),
  serverName: z.string().nullable(),
  fingerprint256: z.string().nullable(),
  reason: z.string().nullable(),
});

export const situation: z.ZodType<Situation> = z.strictObject({
  touched: z.array(oneOf<Slot>({ default: true, additional: true, ca: true })),
  bound: recordedSlots.nullable(),
  before: recordedSlots,
  intended: recordedSlots,
  served: z.array(servedNow),
  code: z.string().nullable(),
});
