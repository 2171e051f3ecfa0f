import { z } from 'zod';
import { aim } from './aim.ts';
import { howOften, where } from './common.ts';

/** The next calls to an action are answered with a code, and nothing is done. */
const answer = z.strictObject({
  kind: z.literal('answer'),
  ...where,
  ...aim,
  times: howOften,
  code: z.string().min(1).optional(),
  /** As documented for the code, else 400. */
  status: z.int().min(400).max(599).optional(),
  /** As documented for the code, else a sentence of the sandbox's own. */
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
  ...aim,
  times: howOften,
});

/**
 * The next calls to an action are not answered, and are carried out only `seconds` later, when the client has given up. The
 * connection is reset after `hangSeconds`. A call under way lands even if the fault is cleared meanwhile.
 */
const delayWrite = z.strictObject({
  kind: z.literal('delay-write'),
  ...where,
  ...aim,
  times: howOften,
  seconds: z.number().positive().max(600).default(5),
  hangSeconds: z.number().min(0).max(600).default(0),
});

export const wireFaults = [answer, loseReply, delayWrite] as const;
export type AnswerFault = z.output<typeof answer>;
