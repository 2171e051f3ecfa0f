import type { World } from '../world.ts';
import type { PlannedCertificate } from './plan.ts';

/** By the key that a certificate has in its plan, what load balancers call it. */
export type Identifiers = ReadonlyMap<string, string>;

/** How many are signed at the same time: the threads that sign have enough to do, and a large seed does not pile up. */
const atOnce = 64;

/** Issues what is planned and stores it, in the order of the plan. */
export async function storeCertificates(
  planned: readonly PlannedCertificate[],
  world: World,
): Promise<Identifiers> {
  const now = world.clock.now();
  const ids = new Map<string, string>();
  for (let from = 0; from < planned.length; from += atOnce) {
    const some = planned.slice(from, from + atOnce);
    const stored = await Promise.all(some.map((each) => issued(each, world, now)));
    for (const { plan, chain, keyPem } of stored) {
      const { identifier } = world.sites[plan.site].add({
        name: plan.name,
        chain,
        keyPem,
        origin: plan.origin,
      });
      ids.set(plan.key, identifier);
    }
  }
  return ids;
}

async function issued(plan: PlannedCertificate, world: World, now: number) {
  const made = await world.trust.issue({
    names: plan.names,
    notBefore: new Date(now + plan.startsIn),
    notAfter: new Date(now + plan.endsIn),
    keyType: plan.keyType,
    sharedKey: true,
    issuer: plan.issuer,
    chain: plan.chain,
  });
  return { plan, ...made };
}
