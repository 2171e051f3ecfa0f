import { findCertificate } from '../data-plane/served.ts';
import type { World } from '../world.ts';
import type { Fault } from './book.ts';
import { impossibleToRebind, rebind } from './rebinding.ts';

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

/** Why a fault can never strike in this world, or null: a misspelt zone would look like a healthy client. */
export function impossible(fault: Fault, world: World): string | null {
  return (
    unknownZone(fault, world) ?? unknownListener(fault, world) ?? unknownCertificate(fault, world)
  );
}

function unknownZone(fault: Fault, { balancing }: World): string | null {
  if (!('zone' in fault) || fault.zone === undefined) return null;
  const listener = 'listenerId' in fault ? balancing.listener(fault.listenerId ?? '') : null;
  const concerned = balancing
    .loadBalancers()
    .filter((each) => listener === null || each.id === listener.loadBalancerId);
  const zones = new Set(concerned.flatMap((each) => each.zones.map((zone) => zone.id)));
  return zones.has(fault.zone) ? null : `no zone ${fault.zone}; there are ${[...zones].join(', ')}`;
}

function unknownListener(fault: Fault, { balancing }: World): string | null {
  if (!('listenerId' in fault) || fault.listenerId === undefined) return null;
  return balancing.listener(fault.listenerId) === null ? `no listener ${fault.listenerId}` : null;
}

function unknownCertificate(fault: Fault, world: World): string | null {
  if (fault.kind === 'rebind') {
    const listener = world.balancing.listener(fault.listenerId);
    return listener === null ? null : impossibleToRebind(fault, listener, world);
  }
  if (fault.kind !== 'wrong-name' || fault.certificateId === undefined) return null;
  return findCertificate(fault.certificateId, world.sites) === null
    ? `no certificate ${fault.certificateId}`
    : null;
}
