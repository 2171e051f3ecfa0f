import type { World } from '../world.ts';
import { rebind } from './rebinding.ts';

/** Makes the faults happen that are acts of a third party rather than something an endpoint answers. */
export function carryOutFaults(world: World): void {
  const { faults, jobs } = world;
  faults.watch(() => {
    const atOnce = faults.take('rebind', (fault) => fault.after === undefined);
    if (atOnce !== null) rebind(world, atOnce);
  });
  jobs.watch((job) => {
    const due = faults.take(
      'rebind',
      (fault) => fault.after?.action === job.action && fault.listenerId === job.listenerId,
    );
    if (due !== null && !faults.has('rebind', (fault) => fault === due)) rebind(world, due);
  });
}
