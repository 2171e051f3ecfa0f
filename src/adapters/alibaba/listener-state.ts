import { createHash } from 'node:crypto';
import type {
  BoundCertificate,
  Endpoint,
  ListenerRef,
  ListenerState,
  Owner,
  Slot,
} from '../../domain/listener.ts';
import type { CertificateRow, ListenerFacts, LoadBalancerFacts } from './nlb-replies.ts';
import { ownerOf } from './owner.ts';

interface Readings {
  readonly account: string;
  readonly region: string;
  readonly loadBalancer: LoadBalancerFacts;
  readonly listener: ListenerFacts;
  readonly rows: readonly CertificateRow[];
  readonly ownerTags: readonly string[];
  /** What its custom TLS policy allows; undefined when nobody told. */
  readonly tlsVersions: readonly string[] | undefined;
}

/** One listener in our words, from the three readings that describe it. The same for a listing and for a single reading. */
export function listenerState(readings: Readings): ListenerState {
  const { listener, loadBalancer, rows } = readings;
  const tags = { ...loadBalancer.tags, ...listener.tags };
  const description = listener.listenerDescription ?? '';
  const owner = ownerOf(tags, description, readings.ownerTags);
  const clientAuth = listener.caEnabled ?? false;
  const port = portOf(listener);
  return {
    ref: refOf(readings.account, readings.region, listener),
    version: versionOf(listener, owner),
    status: listener.listenerStatus,
    owner,
    bound: boundOf(listener, rows, clientAuth),
    clientAuth,
    tlsPolicy: listener.securityPolicyId ?? '',
    ...(readings.tlsVersions === undefined ? {} : { tlsVersions: readings.tlsVersions }),
    alpn: alpnOf(listener),
    endpoints: endpointsOf(loadBalancer, port),
    port,
    description,
    loadBalancerName: loadBalancer.loadBalancerName ?? '',
    vpcId: loadBalancer.vpcId,
    tags,
  };
}

export function refOf(
  account: string,
  region: string,
  listener: Pick<ListenerFacts, 'listenerId' | 'loadBalancerId'>,
): ListenerRef {
  const { listenerId, loadBalancerId } = listener;
  return { account, region, product: 'nlb', loadBalancerId, listenerId };
}

/** A listener for a range of ports has port 0; its first port stands for the others. */
function portOf(listener: ListenerFacts): number {
  const port = listener.listenerPort ?? 0;
  return port === 0 ? Number(listener.startPort ?? 0) : port;
}

/**
 * SHA-256 over every setting that a rotation must leave alone. Certificates, status and tags are not in it: the first two change
 * with the rotation, and tags change nothing about what is served. A switch that is off, a limit of 0 and a text that is not
 * there count as not set, because the two operations that show a listener do not leave out the same fields.
 */
function versionOf(listener: ListenerFacts, owner: Owner): string {
  const settings = {
    loadBalancer: listener.loadBalancerId,
    protocol: listener.listenerProtocol,
    port: listener.listenerPort,
    startPort: listener.startPort,
    endPort: listener.endPort,
    description: listener.listenerDescription,
    serverGroup: listener.serverGroupId,
    securityPolicy: listener.securityPolicyId,
    idleTimeout: listener.idleTimeout,
    cps: listener.cps,
    mss: listener.mss,
    clientAuth: listener.caEnabled,
    alpn: listener.alpnEnabled,
    alpnPolicy: listener.alpnEnabled === true ? listener.alpnPolicy : null,
    proxyProtocol: listener.proxyProtocolEnabled,
    secSensor: listener.secSensorEnabled,
    owner: JSON.stringify(owner),
    ...prefixed('proxyProtocolV2', listener.proxyProtocolV2Config ?? {}),
  };
  const canonical = Object.entries(settings)
    .map(([name, value]) => [name, String(value ?? '')] as const)
    .filter(([, value]) => !['', '0', 'false'].includes(value))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

function prefixed(prefix: string, values: Readonly<Record<string, unknown>>): typeof values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

/**
 * Every binding that either reading shows. The listener itself names only its default and CA certificates; the rows may leave out
 * CA certificates. Where the two disagree (one of them lags) both are kept, and a default certificate that only one of them knows
 * is on its way, so that nobody takes the listener for settled or the lag for somebody else's work.
 * A CA certificate left behind by a listener that no longer asks clients for one is not bound: it verifies nobody.
 */
function boundOf(
  listener: ListenerFacts,
  rows: readonly CertificateRow[],
  clientAuth: boolean,
): readonly BoundCertificate[] {
  const shown = rows.map((row) => ({
    slot: slotOf(row, listener),
    id: row.certificateId,
    state: row.status,
  }));
  const named = [
    ...listener.certificateIds.map((id) => ({ slot: 'default' as const, id })),
    ...listener.caCertificateIds.map((id) => ({ slot: 'ca' as const, id })),
  ];
  const contradicted = (slot: Slot): BoundCertificate['state'] =>
    slot === 'default' && shown.some((row) => row.slot === slot && row.state === 'bound')
      ? 'binding'
      : 'bound';
  const unseen = named
    .filter(({ slot, id }) => !shown.some((row) => row.slot === slot && row.id === id))
    .map((binding) => ({ ...binding, state: contradicted(binding.slot) }));
  return [...shown, ...unseen].filter(({ slot }) => slot !== 'ca' || clientAuth);
}

function slotOf(row: CertificateRow, listener: ListenerFacts): Slot {
  const id = row.certificateId;
  const type = row.certificateType?.toLowerCase() ?? null;
  if (type === 'ca' || (type === null && listener.caCertificateIds.includes(id))) return 'ca';
  return (row.isDefault ?? listener.certificateIds.includes(id)) ? 'default' : 'additional';
}

/** What the policy offers, in the order in which the listener prefers it. */
function alpnOf(listener: ListenerFacts): readonly string[] {
  if (listener.alpnEnabled !== true) return [];
  switch ((listener.alpnPolicy ?? '').toLowerCase()) {
    case 'http1only':
      return ['http/1.1'];
    case 'http2only':
      return ['h2'];
    case 'http2optional':
      return ['http/1.1', 'h2'];
    default:
      return ['h2', 'http/1.1'];
  }
}

/** Every address of every zone. A zone that is stopped or shifted has left DNS and may still answer: listed, not active. */
function endpointsOf(loadBalancer: LoadBalancerFacts, port: number): readonly Endpoint[] {
  return loadBalancer.zoneMappings.flatMap((zone) => {
    const active = zone.status === null || zone.status.toLowerCase() === 'active';
    return zone.loadBalancerAddresses.flatMap((address) => {
      const all = [
        ['public', address.publicIPv4Address],
        ['private', address.privateIPv4Address],
        ['ipv6', address.ipv6Address],
      ] as const;
      return all.flatMap(([network, ip]) =>
        ip === null
          ? []
          : [{ zone: zone.zoneId, address: ip, port, network, vpcId: loadBalancer.vpcId, active }],
      );
    });
  });
}
