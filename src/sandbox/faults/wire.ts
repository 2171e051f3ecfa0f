import { z } from 'zod';
import { howOften, where } from './common.ts';

/** The next calls to an action are answered with a code, and nothing is done. */
const answer = z.strictObject({
  kind: z.literal('answer'),
  ...where,
  times: howOften,
  code: z.string().min(1).optional(),
  status: z.int().min(400).max(599).default(400),
  message: z.string().optional(),
  /** Sent as `x-acs-retry-after`, in milliseconds. */
  retryAfterMillis: z.int().min(0).optional(),
  /** Instead of an error body: a proxy's page, an empty reply, a reset connection, or silence for `seconds`. */
  body: z.enum(['html-502', 'empty-503', 'reset', 'hang']).optional(),
  seconds: z.number().positive().max(600).default(30),
});

/** The next calls to an action are carried out, and the connection is reset instead of a reply. */
const loseReply = z.strictObject({
  kind: z.literal('lose-reply'),
  ...where,
  times: howOften,
});

export const wireFaults = [answer, loseReply] as const;
export type AnswerFault = z.output<typeof answer>;
