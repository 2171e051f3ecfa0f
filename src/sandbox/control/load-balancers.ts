import { z } from 'zod';
import { toTheSecond } from '../clock.ts';
import {
  type LoadBalancer,
  loadBalancerStatuses,
  lockTypes,
  type Protection,
} from '../nlb/model.ts';
import type { World } from '../world.ts';

const protection = z.strictObject({ reason: z.string().max(256) }).nullable();

/** What somebody else, or the platform, does to a load balancer. What is left out stays; a protection of null is off. */
export const loadBalancerChange = z.strictObject({
  id: z.string().min(1),
  status: z.enum(loadBalancerStatuses).optional(),
  businessStatus: z.enum(['Normal', 'Abnormal']).optional(),
  deletionProtection: protection.optional(),
  modificationProtection: protection.optional(),
  locks: z
    .array(z.strictObject({ type: z.enum(lockTypes), reason: z.string().max(256) }))
    .max(10)
    .optional(),
});

type Change = z.output<typeof loadBalancerChange>;

/** Carries it out and tells what the load balancer is now; null when there is none of that id. */
export function changeLoadBalancer(change: Change, world: World): LoadBalancer | null {
  const before = world.balancing.loadBalancer(change.id);
  if (before === null) return null;
  const since = toTheSecond(world.clock.now());
  const after = {
    ...before,
    status: change.status ?? before.status,
    businessStatus: change.businessStatus ?? before.businessStatus,
    deletionProtection: protectionAfter(
      change.deletionProtection,
      before.deletionProtection,
      since,
    ),
    modificationProtection: protectionAfter(
      change.modificationProtection,
      before.modificationProtection,
      since,
    ),
    locks: change.locks ?? before.locks,
  };
  world.balancing.addLoadBalancer(after);
  return after;
}

function protectionAfter(
  wanted: { readonly reason: string } | null | undefined,
  before: Protection | null,
  since: string,
): Protection | null {
  if (wanted === undefined) return before;
  return wanted === null ? null : { ...wanted, since };
}
