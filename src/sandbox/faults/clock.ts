import { z } from 'zod';

const aHundredYears = 100 * 366 * 24 * 3_600_000;

/** The sandbox's clock jumps, and jumps back when the fault is cleared. Several add up. */
const clockSkew = z.strictObject({
  kind: z.literal('clock-skew'),
  offsetMillis: z.int().min(-aHundredYears).max(aHundredYears),
});

export const clockFaults = [clockSkew] as const;
