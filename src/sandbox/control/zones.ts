import { z } from 'zod';
import { zoneStatuses } from '../nlb/model.ts';
import type { World } from '../world.ts';

/** Puts a zone of a load balancer into a status, as an operator of the platform would. */
export const zoneOrder = z.strictObject({
  loadBalancerId: z.string().min(1),
  zone: z.string().min(1),
  status: z.enum(zoneStatuses),
});

export type ZoneOrder = z.output<typeof zoneOrder>;

/** Carries an order out; returns why it cannot be, or null. */
export function setZone(order: ZoneOrder, world: World): string | null {
  const loadBalancer = world.balancing.loadBalancer(order.loadBalancerId);
  if (loadBalancer === null) return `no load balancer ${order.loadBalancerId}`;
  const { zones } = loadBalancer;
  if (!zones.some((zone) => zone.id === order.zone)) {
    return `no zone ${order.zone}; there are ${zones.map((zone) => zone.id).join(', ')}`;
  }
  world.balancing.addLoadBalancer({
    ...loadBalancer,
    zones: zones.map((zone) => (zone.id === order.zone ? { ...zone, status: order.status } : zone)),
  });
  return null;
}
