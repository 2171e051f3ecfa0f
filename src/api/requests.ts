import { z } from 'zod';
import { Line } from './line.ts';

/** A request to rotate one listener now, as far as its policy allows. Also the payload of a `rotate` job. */
export const RotateBody = z.strictObject({
  listener: Line.describe('listener id, or account/region/product/load balancer/listener'),
  slot: z.enum(['default', 'additional', 'ca']).optional(),
  from: Line.optional().describe('certificate id that must still be bound'),
  to: Line.optional().describe('the only certificate to consider'),
  ignoreWindow: z.boolean().optional(),
  requestedBy: Line,
  reason: Line,
  requestId: Line.optional().describe('repeats with the same id are one request'),
});
export type RotateBody = z.infer<typeof RotateBody>;

/** A request to take a committed rotation back. */
export const RollbackBody = z.strictObject({
  requestedBy: Line,
  reason: Line,
  ignoreWindow: z.boolean().optional(),
});
export type RollbackBody = z.infer<typeof RollbackBody>;

export const ResolveBody = z.strictObject({
  as: z.enum(['old', 'new', 'other']),
  note: Line,
});

export const ApproveBody = z.strictObject({ hash: Line });

/** Which alert somebody takes on: its key, its id, or a beginning of either. */
export const AckBody = z.strictObject({
  alert: Line,
  note: Line.optional(),
});

/** Which sink gets a test alert, how severe, or the end of the one before. */
export const SinkTestBody = z.strictObject({
  sink: Line,
  severity: z.enum(['info', 'warning', 'critical', 'expired']).optional(),
  end: z.boolean().optional(),
});
export type SinkTestBody = z.infer<typeof SinkTestBody>;

/** Where a request stands: `waiting` says for what. */
export const RequestDocument = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('waiting'),
    requestId: z.string(),
    /** Null: it is about to start. */
    reason: z.string().nullable(),
  }),
  z.strictObject({ state: z.literal('rotation'), requestId: z.string(), rotationId: z.string() }),
  z.strictObject({
    state: z.literal('refused'),
    requestId: z.string().nullable(),
    reason: z.string(),
  }),
]);
export type RequestDocument = z.infer<typeof RequestDocument>;

/** Every error of the HTTP API. `message` says what to do. */
export const ErrorDocument = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string() }),
});
export type ErrorDocument = z.infer<typeof ErrorDocument>;
