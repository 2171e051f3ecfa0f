import { z } from 'zod';

const CheckDocument = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
});

/** What `/readyz` answers and `status` prints first. */
export const HealthDocument = z.strictObject({
  ready: z.boolean(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  checks: z.array(CheckDocument),
});
export type HealthDocument = z.infer<typeof HealthDocument>;
