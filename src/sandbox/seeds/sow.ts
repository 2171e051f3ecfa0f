import type { StoredCertificate } from '../cas/site.ts';
import { siteNames, siteOfRegion } from '../cas/site.ts';
import type { AddressBlock } from '../data-plane/addresses.ts';
import type { Listener, Zone } from '../nlb/model.ts';
import type { World } from '../world.ts';
import type { PlannedCertificate, PlannedListener, PlannedLoadBalancer, SeedPlan } from './plan.ts';

const clientCaIdentifier = '139a00604ad5f2';
const clientCaWarehouse = 12;
const firstHost = 11;

/** Puts a plan into an empty world: certificates first, in the order of the plan, then what binds them. */
export async function sow(plan: SeedPlan, world: World, block: AddressBlock): Promise<void> {
  const ids = await storeCertificates(plan.certificates, world);
  for (const site of siteNames) {
    world.sites[site].addToRepository(
      clientCaIdentifier,
      clientCaWarehouse,
      world.trust.clientCaPem,
    );
  }
  let host = firstHost;
  for (const planned of plan.loadBalancers) {
    const zones = planned.zones.map((id, index) =>
      zoneOf(id, planned, block.address(host + index)),
    );
    host += zones.length;
    addLoadBalancer(planned, zones, world);
    for (const listener of planned.listeners) {
      world.balancing.addListener(listenerOf(listener, planned, ids));
    }
  }
}

async function storeCertificates(
  planned: readonly PlannedCertificate[],
  world: World,
): Promise<ReadonlyMap<string, string>> {
  const now = world.clock.now();
  const issued = await Promise.all(
    planned.map((each) =>
      world.trust.issue({
        names: each.names,
        notBefore: new Date(now + each.startsIn),
        notAfter: new Date(now + each.endsIn),
        keyType: each.keyType,
        issuer: each.issuer,
        chain: each.chain,
      }),
    ),
  );
  const ids = new Map<string, string>();
  planned.forEach((each, index) => {
    const made = issued[index];
    if (made === undefined) return;
    const stored: StoredCertificate = world.sites[each.site].add({
      name: each.name,
      chain: made.chain,
      keyPem: made.keyPem,
      origin: each.origin,
    });
    ids.set(each.key, stored.identifier);
  });
  return ids;
}

function zoneOf(id: string, planned: PlannedLoadBalancer, address: string): Zone {
  const letter = id.slice(-1);
  return {
    id,
    status: 'Active',
    vSwitchId: `vsw-${planned.id.slice('nlb-'.length)}${letter}`,
    publicAddress: address,
    privateAddress: null,
  };
}

function addLoadBalancer(planned: PlannedLoadBalancer, zones: readonly Zone[], world: World): void {
  world.balancing.addLoadBalancer({
    id: planned.id,
    name: planned.name,
    region: planned.region,
    vpcId: `vpc-${planned.region.replaceAll('-', '')}main01`,
    addressType: 'Internet',
    createdAt: new Date(world.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    zones,
    tags: planned.tags,
  });
}

function listenerOf(
  planned: PlannedListener,
  loadBalancer: PlannedLoadBalancer,
  ids: ReadonlyMap<string, string>,
): Listener {
  return {
    ...newListener,
    ...tlsFields(planned, loadBalancer.region, ids),
    id: planned.id,
    loadBalancerId: loadBalancer.id,
    region: loadBalancer.region,
    protocol: planned.protocol,
    port: planned.port,
    description: planned.description,
    serverGroupId: `sgp-${loadBalancer.id.slice('nlb-'.length)}`,
    tags: planned.tags,
  };
}

function tlsFields(
  planned: PlannedListener,
  region: string,
  ids: ReadonlyMap<string, string>,
): Partial<Listener> {
  if (planned.protocol === 'TCP') return {};
  const idOf = (key: string) => required(ids, key);
  return {
    securityPolicyId: planned.policy,
    certificateId: idOf(planned.certificate),
    additional: planned.additional.map((key) => ({
      certificateId: idOf(key),
      status: 'Associated',
    })),
    caEnabled: planned.clientAuth,
    caCertificateId: planned.clientAuth ? `${clientCaIdentifier}-${siteOfRegion(region)}` : null,
    alpnEnabled: planned.alpn !== null,
    alpnPolicy: planned.alpn,
  };
}

/** What every listener starts with. */
const newListener = {
  status: 'Running',
  securityPolicyId: 'tls_cipher_policy_1_0',
  idleTimeout: 900,
  cps: 0,
  mss: 0,
  alpnEnabled: false,
  alpnPolicy: null,
  secSensorEnabled: false,
  proxyProtocolEnabled: false,
  proxyProtocolV2: { vpcId: false, privateLinkEndpointId: false, privateLinkServiceId: false },
  certificateId: null,
  caCertificateId: null,
  caEnabled: false,
  additional: [],
} as const;

function required(ids: ReadonlyMap<string, string>, key: string): string {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`the seed binds ${key}, which it does not make`);
  return id;
}
