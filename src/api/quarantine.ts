import { z } from 'zod';
import type { Quarantined } from '../domain/quarantine.ts';
import { Line } from './line.ts';

/** What lifts a quarantine. */
export const LiftBody = z.strictObject({
  certificate: Line.describe('its id, or eight or more digits of its SHA-256'),
  /** Left out: wherever it is quarantined. */
  listener: Line.optional(),
  reason: Line,
});
export type LiftBody = z.infer<typeof LiftBody>;

/** What `quarantine list --json` prints. */
export const QuarantineDocument = z.strictObject({
  quarantined: z.array(
    z.strictObject({
      certificates: z.array(z.string()),
      fingerprint256: z.string(),
      /** The only listener that it is kept from; null: it is tried nowhere. */
      listener: z.string().nullable(),
      since: z.iso.datetime(),
      until: z.iso.datetime(),
      rotationId: z.string(),
      reason: z.string(),
    }),
  ),
});
export type QuarantineDocument = z.infer<typeof QuarantineDocument>;

export function quarantineDocument(quarantined: readonly Quarantined[]): QuarantineDocument {
  return {
    quarantined: quarantined.map((each) => ({
      certificates: [...each.certificates],
      fingerprint256: each.candidate,
      listener: each.listener,
      since: each.since.toISOString(),
      until: each.until.toISOString(),
      rotationId: each.rotationId,
      reason: each.reason,
    })),
  };
}
