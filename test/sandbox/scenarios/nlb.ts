import { anyWriteScenarios } from './nlb/any-write.ts';
import { certificateScenarios } from './nlb/certificates.ts';
import { createScenarios } from './nlb/create.ts';
import { readScenarios } from './nlb/reads.ts';
import type { Scenarios } from './scenario.ts';

/** How each error that the load balancing API answers by itself is met. */
export const nlbScenarios: Scenarios = {
  ...readScenarios,
  ...anyWriteScenarios,
  ...certificateScenarios,
  ...createScenarios,
};
