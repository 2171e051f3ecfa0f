import { siteOfRegion } from '../cas/site.ts';
import type { World } from '../world.ts';
import type { Fault } from './book.ts';

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

/** Without a job of ours: to the client under test it simply is so from now on. */
function rebind(world: World, fault: { listenerId: string; certificateId: string }): void {
  world.balancing.update(fault.listenerId, (listener) => ({
    ...listener,
    certificateId: fault.certificateId,
  }));
}

/** Why a fault can never strike in this world, or null: a misspelt zone would look like a healthy client. */
export function impossible(fault: Fault, world: World): string | null {
  const { balancing } = world;
  const zones = balancing.loadBalancers().flatMap((each) => each.zones.map((zone) => zone.id));
  if ('zone' in fault && fault.zone !== undefined && !zones.includes(fault.zone)) {
    return `no zone ${fault.zone}; there are ${[...new Set(zones)].join(', ')}`;
  }
  if (!('listenerId' in fault) || fault.listenerId === undefined) return null;
  const listener = balancing.listener(fault.listenerId);
  if (listener === null) return `no listener ${fault.listenerId}`;
  if (fault.kind !== 'rebind') return null;
  const site = world.sites[siteOfRegion(listener.region)];
  return site.find(fault.certificateId) === null ? `no certificate ${fault.certificateId}` : null;
}
