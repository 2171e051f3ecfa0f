import type { StoredCertificate } from '../cas/site.ts';
import { siteNames } from '../cas/site.ts';
import type { DataPlane } from '../data-plane/plane.ts';
import type { ServingPoint } from '../data-plane/point.ts';
import type { Served } from '../data-plane/served.ts';
import type { Listener, LoadBalancer } from '../nlb/model.ts';
import { unusualKeys } from '../credentials.ts';
import type { World } from '../world.ts';

/** The whole truth about a sandbox, private keys left out. Fingerprints are lower hex SHA-256 of the DER. */
export function stateOf(world: World, plane: DataPlane, dial: ReadonlyMap<string, string>) {
  return {
    now: new Date(world.clock.now()).toISOString(),
    seed: world.settings.seed,
    regions: world.regions,
    dial: Object.fromEntries(dial),
    loadBalancers: world.balancing.loadBalancers().map(loadBalancerState),
    listeners: world.balancing.listeners().map((listener) => listenerState(listener, plane)),
    certificates: siteNames.flatMap((site) =>
      world.sites[site].all().map((certificate) => ({ site, ...certificateState(certificate) })),
    ),
    caCertificates: siteNames.flatMap((site) =>
      world.sites[site].caCertificates().map((ca) => ({
        site,
        id: `${ca.identifier}-${site}`,
        identifier: ca.identifier,
        fingerprint256: ca.facts.sha256,
        notAfter: new Date(ca.facts.notAfter).toISOString(),
      })),
    ),
    monitor: { events: world.monitor.events(), metrics: world.monitor.metrics() },
    faults: world.faults.list(),
    credentials: unusualKeys(world.credentials),
  };
}

function loadBalancerState(loadBalancer: LoadBalancer) {
  const { id, name, region, vpcId, status, businessStatus, zones, tags } = loadBalancer;
  return {
    id,
    name,
    region,
    vpcId,
    status,
    businessStatus,
    tags: Object.fromEntries(tags.map((tag) => [tag.key, tag.value])),
    zones: zones.map((zone) => ({
      zone: zone.id,
      status: zone.status,
      publicAddress: zone.publicAddress,
      privateAddress: zone.privateAddress,
    })),
  };
}

function listenerState(listener: Listener, plane: DataPlane) {
  return {
    id: listener.id,
    loadBalancerId: listener.loadBalancerId,
    region: listener.region,
    protocol: listener.protocol,
    port: listener.port,
    status: listener.status,
    description: listener.description,
    idleTimeout: listener.idleTimeout,
    securityPolicyId: listener.securityPolicyId,
    caEnabled: listener.caEnabled,
    slots: {
      default: listener.certificateId,
      ca: listener.caCertificateId,
      additional: listener.additional,
    },
    serving: plane.points(listener.id).map(pointState),
  };
}

/** What stands beside `nodes` is the first node's; where an address has one node, that is all there is. */
function pointState(point: ServingPoint) {
  const { zone, address, port } = point.place;
  const served = point.nodes[0]?.served ?? null;
  return {
    zone,
    address,
    port,
    open: point.open,
    ...servedState(served),
    nodes: point.nodes.map((node) => ({
      ...servedState(node.served),
      alternatesWith: node.before === null ? null : servedState(node.before),
    })),
  };
}

function servedState(served: Served | null) {
  return {
    default: served === null ? null : brief(served.default),
    additional: (served?.additional ?? []).map(brief),
    clientAuth: served !== null && served.clientCa !== null,
  };
}

function brief(certificate: { certificateId: string; fingerprint256: string }) {
  const { certificateId, fingerprint256 } = certificate;
  return { certificateId, fingerprint256 };
}

export function certificateState(certificate: StoredCertificate) {
  const { facts } = certificate;
  return {
    id: certificate.identifier,
    certId: certificate.id,
    name: certificate.name,
    names: facts.names,
    fingerprint256: facts.sha256,
    keyType: facts.algorithm,
    notBefore: new Date(facts.notBefore).toISOString(),
    notAfter: new Date(facts.notAfter).toISOString(),
    origin: certificate.origin.kind,
    chainLength: certificate.chain.length,
  };
}
