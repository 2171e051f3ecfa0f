import { siteOfRegion } from '../cas/site.ts';
import { type AdditionalRow, holds, type Listener } from '../nlb/model.ts';
import type { World } from '../world.ts';
import type { Rebind } from './third-party.ts';

/** Without a job of ours: to the client under test it simply is so from now on. What is so already stays as it is. */
export function rebind(world: World, fault: Rebind): void {
  world.balancing.update(fault.listenerId, (listener) => rebound(listener, fault));
}

/** Why somebody else could not do it either, or null. What comes after a job is judged by what is bound now. */
export function impossibleToRebind(fault: Rebind, listener: Listener, world: World): string | null {
  const { certificateId, slot, change, after } = fault;
  if (listener.protocol !== 'TCPSSL') return `${listener.id} does not end TLS`;
  if (change === 'remove') return impossibleToRemove(fault, listener);
  const site = world.sites[siteOfRegion(listener.region)];
  if (slot === 'ca') {
    return site.findCa(certificateId) === null ? `no CA certificate ${certificateId}` : null;
  }
  if (site.find(certificateId) === null) return `no certificate ${certificateId}`;
  const bound = after === undefined && holds(listener, certificateId);
  return bound ? `${certificateId} is bound already` : null;
}

function impossibleToRemove(
  { certificateId, slot, after }: Rebind,
  { additional }: Listener,
): string | null {
  if (slot !== 'additional') return `the ${slot} slot can be bound anew, but not emptied`;
  if (after !== undefined || additional.some((row) => row.certificateId === certificateId))
    return null;
  return `${certificateId} is not an additional certificate`;
}

function rebound(listener: Listener, { slot, change, certificateId }: Rebind): Listener {
  switch (slot) {
    case 'default':
      return holds(listener, certificateId) ? listener : { ...listener, certificateId };
    case 'ca':
      return { ...listener, caCertificateId: certificateId };
    case 'additional':
      return { ...listener, additional: rowsAfter(listener, change, certificateId) };
  }
}

function rowsAfter(
  listener: Listener,
  change: Rebind['change'],
  certificateId: string,
): readonly AdditionalRow[] {
  const { additional } = listener;
  if (change === 'remove') return additional.filter((row) => row.certificateId !== certificateId);
  if (holds(listener, certificateId)) return additional;
  return [...additional, { certificateId, status: 'Associated' }];
}
