import { siteNames, siteOfRegion } from '../cas/site.ts';
import { toTheSecond } from '../clock.ts';
import type { AddressBlock } from '../data-plane/addresses.ts';
import type { Listener, Zone } from '../nlb/model.ts';
import type { World } from '../world.ts';
import { type Identifiers, storeCertificates } from './certificates.ts';
import type { PlannedListener, PlannedLoadBalancer, SeedPlan } from './plan.ts';

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
  addLoadBalancers(plan.loadBalancers, ids, { world, block });
}

/** Those of a plan, with certificates that are stored already, at addresses of the block. */
export function addLoadBalancers(
  loadBalancers: readonly PlannedLoadBalancer[],
  ids: Identifiers,
  { world, block }: { readonly world: World; readonly block: AddressBlock },
): void {
  let host = firstHost;
  for (const planned of loadBalancers) {
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

function zoneOf(id: string, planned: PlannedLoadBalancer, address: string): Zone {
  const letter = id.slice(-1);
  return {
    id,
    status: 'Active',
    vSwitchId: `vsw-${planned.id.slice('nlb-'.length)}${letter}`,
    publicAddress: planned.addressType === 'Intranet' ? null : address,
    privateAddress: planned.addressType === 'Intranet' ? address : null,
  };
}

function addLoadBalancer(planned: PlannedLoadBalancer, zones: readonly Zone[], world: World): void {
  world.balancing.addLoadBalancer({
    id: planned.id,
    name: planned.name,
    region: planned.region,
    vpcId: planned.vpcId ?? `vpc-${planned.region.replaceAll('-', '')}main01`,
    addressType: planned.addressType ?? 'Internet',
    createdAt: toTheSecond(world.clock.now()),
    zones,
    tags: planned.tags,
  });
}

function listenerOf(
  planned: PlannedListener,
  loadBalancer: PlannedLoadBalancer,
  ids: Identifiers,
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

function tlsFields(planned: PlannedListener, region: string, ids: Identifiers): Partial<Listener> {
  if (planned.protocol !== 'TCPSSL') return {};
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

function required(ids: Identifiers, key: string): string {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`the seed binds ${key}, which it does not make`);
  return id;
}
