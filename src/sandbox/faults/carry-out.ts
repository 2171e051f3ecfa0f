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
    const due = faults.exhaust(
      'rebind',
      ({ after, listenerId }) =>
        (after?.action === job.action || after?.action === '*') && listenerId === job.listenerId,
    );
    for (const fault of due) rebind(world, fault);
  });
}
