import { z } from 'zod';

/**
 * Somebody else binds another default certificate: at once, or right after the given number of jobs of an action on that
 * listener have completed.
 */
const rebind = z.strictObject({
  kind: z.literal('rebind'),
  listenerId: z.string().min(1),
  certificateId: z.string().min(1),
  after: z.strictObject({ action: z.string().min(1), times: z.int().min(1).default(1) }).optional(),
});

export const thirdPartyFaults = [rebind] as const;
