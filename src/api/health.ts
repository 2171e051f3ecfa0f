import { z } from 'zod';

const CheckDocument = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
});

/** What `/healthz` answers to who asks for JSON. */
export interface LifeDocument {
  readonly alive: boolean;
  readonly detail: string;
}

/** What `/readyz` answers and `status` prints first. */
export const HealthDocument = z.strictObject({
  ready: z.boolean(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  /** How often a scan is due. */
  scanEverySeconds: z.number(),
  /** The worst known difference between this clock and the store's or the cloud's, theirs minus ours; null when none is known. */
  skewSeconds: z.number().nullable(),
  checks: z.array(CheckDocument),
});
export type HealthDocument = z.infer<typeof HealthDocument>;
