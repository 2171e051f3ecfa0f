import { z } from 'zod';

/** Text that reaches the audit and the alerts: one line, bounded. */
export const Line = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\r\n]*$/, 'must be a single line');
