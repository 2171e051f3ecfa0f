import { z } from 'zod';

/**
 * Somebody else binds another certificate: at once, or right after the given number of jobs of an action (or of any, `*`) on
 * that listener have completed. The default and the CA are replaced; an additional certificate is added or removed.
 */
const rebind = z.strictObject({
  kind: z.literal('rebind'),
  listenerId: z.string().min(1),
  certificateId: z.string().min(1),
  slot: z.enum(['default', 'additional', 'ca']).default('default'),
  change: z.enum(['add', 'remove']).default('add'),
  after: z.strictObject({ action: z.string().min(1), times: z.int().min(1).default(1) }).optional(),
});

export const thirdPartyFaults = [rebind] as const;
export type Rebind = z.output<typeof rebind>;
