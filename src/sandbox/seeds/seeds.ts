import type { SeedName } from '../options.ts';
import { demoSeed } from './demo.ts';
import { largeSeed } from './large.ts';
import type { SeedPlan } from './plan.ts';
import { smallSeed } from './small.ts';

let large: SeedPlan | null = null;

export const seeds: Readonly<Record<SeedName, SeedPlan>> = {
  small: smallSeed,
  demo: demoSeed,
  /** Worked out when it is first asked for: nobody else pays for it. */
  get large() {
    large ??= largeSeed();
    return large;
  },
};
