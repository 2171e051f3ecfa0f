import { z } from 'zod';

/** What `alerts test --json` prints. `reason` says in one line why it was not accepted. */
export const SinkTestDocument = z.strictObject({
  sink: z.string(),
  kind: z.string(),
  result: z.enum(['accepted', 'retry', 'rejected']),
  reason: z.string().nullable(),
  /** Whether the receiver holds the alert open until its end is sent. */
  open: z.boolean(),
});
export type SinkTestDocument = z.infer<typeof SinkTestDocument>;
