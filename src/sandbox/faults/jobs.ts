import { z } from 'zod';
import { aim } from './aim.ts';
import { howOften } from './common.ts';

const which = {
  action: z.string().min(1),
  ...aim,
  times: howOften,
};

/** The next jobs of an action end Failed and change nothing. */
const failJob = z.strictObject({ kind: z.literal('fail-job'), ...which });

/** The next jobs of an action stay Processing, their listener Configuring, until the fault is cleared. */
const stuckJob = z.strictObject({ kind: z.literal('stuck-job'), ...which });

export const jobFaults = [failJob, stuckJob] as const;
