import { z } from 'zod';

const LineDocument = z.strictObject({
  state: z.enum(['ok', 'warning', 'unknown', 'critical']),
  text: z.string(),
});

const MeasuredDocument = z.strictObject({
  label: z.string(),
  /** Seconds left; null when nobody knows. */
  left: z.number().nullable(),
  warning: z.number(),
  critical: z.number(),
});

/** What `check --json` prints: everything, where the plugin's own output is cut to a bound. */
export const CheckDocument = z.strictObject({
  state: z.enum(['ok', 'warning', 'unknown', 'critical']),
  exitCode: z.int(),
  summary: z.string(),
  bindings: z.int(),
  listeners: z.int(),
  lines: z.array(LineDocument),
  measured: z.array(MeasuredDocument),
});
export type CheckDocument = z.infer<typeof CheckDocument>;
