import { z } from 'zod';
import { howOften, where } from './common.ts';

/** The next calls to an action of CloudMonitor fail the way only it does: with HTTP 200, the code inside, and nothing done. */
const refuseInside200 = z.strictObject({
  kind: z.literal('refuse-inside-200'),
  ...where,
  times: howOften,
  code: z.string().min(1).default('500'),
  message: z.string().default('The request processing has failed due to some unknown error.'),
});

export const monitorFaults = [refuseInside200] as const;
