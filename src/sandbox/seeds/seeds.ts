import type { SeedName } from '../options.ts';
import { demoSeed } from './demo.ts';
import { largeSeed } from './large.ts';
import type { SeedPlan } from './plan.ts';
import { smallSeed } from './small.ts';

export const seeds: Readonly<Record<SeedName, SeedPlan>> = {
  small: smallSeed,
  demo: demoSeed,
  /** Worked out when asked for. */
  get large() {
    return largeSeed();
  },
};
