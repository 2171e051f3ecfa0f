import type { ReplyBody } from '../http/operation.ts';
import {
  dnsNameOf,
  type Listener,
  type LoadBalancer,
  type OperationLock,
  type Protection,
  type Tag,
  type Zone,
} from './model.ts';

/** A listener as ListListeners prints it. */
export function listenerRow(listener: Listener): ReplyBody {
  return { ...listenerFields(listener), Tags: listTags(listener.tags) };
}

/** A listener as GetListenerAttribute prints it: the same but for the spelling of tags. */
export function listenerAttributes(listener: Listener): ReplyBody {
  return { ...listenerFields(listener), Tags: attributeTags(listener.tags) };
}

/** A load balancer as ListLoadBalancers prints it. */
export function loadBalancerRow(loadBalancer: LoadBalancer): ReplyBody {
  return {
    ...loadBalancerFields(loadBalancer),
    LoadBalancerType: 'Network',
    ZoneMappings: loadBalancer.zones.map((zone) => zoneFields(zone, {})),
    Tags: listTags(loadBalancer.tags),
  };
}

/** A load balancer as GetLoadBalancerAttribute prints it: type in lower case, other tags, local addresses too. */
export function loadBalancerAttributes(loadBalancer: LoadBalancer): ReplyBody {
  return {
    ...loadBalancerFields(loadBalancer),
    LoadBalancerType: 'network',
    Cps: 0,
    ZoneMappings: loadBalancer.zones.map((zone) =>
      zoneFields(zone, { Ipv4LocalAddresses: [], Ipv6LocalAddresses: [] }),
    ),
    Tags: attributeTags(loadBalancer.tags),
  };
}

function listenerFields(listener: Listener): ReplyBody {
  const tls = listener.protocol === 'TCPSSL';
  return {
    ListenerId: listener.id,
    LoadBalancerId: listener.loadBalancerId,
    RegionId: listener.region,
    ListenerProtocol: listener.protocol,
    ListenerPort: listener.port,
    StartPort: String(listener.portRange?.start ?? 0),
    EndPort: String(listener.portRange?.end ?? 0),
    ListenerStatus: listener.status,
    ListenerDescription: listener.description,
    ServerGroupId: listener.serverGroupId,
    IdleTimeout: listener.idleTimeout,
    Cps: listener.cps,
    Mss: listener.mss,
    SecSensorEnabled: listener.secSensorEnabled,
    ProxyProtocolEnabled: listener.proxyProtocolEnabled,
    ProxyProtocolV2Config: {
      Ppv2VpcIdEnabled: listener.proxyProtocolV2.vpcId,
      Ppv2PrivateLinkEpIdEnabled: listener.proxyProtocolV2.privateLinkEndpointId,
      Ppv2PrivateLinkEpsIdEnabled: listener.proxyProtocolV2.privateLinkServiceId,
    },
    CaEnabled: listener.caEnabled,
    AlpnEnabled: listener.alpnEnabled,
    ...(listener.alpnPolicy === null ? {} : { AlpnPolicy: listener.alpnPolicy }),
    ...(tls ? { SecurityPolicyId: listener.securityPolicyId } : {}),
    CertificateIds: listener.certificateId === null ? [] : [listener.certificateId],
    CaCertificateIds: listener.caCertificateId === null ? [] : [listener.caCertificateId],
  };
}

function loadBalancerFields(loadBalancer: LoadBalancer): ReplyBody {
  const { ipv6AddressType, bandwidthPackageId } = loadBalancer;
  return {
    LoadBalancerId: loadBalancer.id,
    LoadBalancerName: loadBalancer.name,
    LoadBalancerStatus: loadBalancer.status,
    LoadBalancerBusinessStatus: loadBalancer.businessStatus,
    AddressType: loadBalancer.addressType,
    AddressIpVersion: loadBalancer.ipVersion,
    ...(ipv6AddressType === null ? {} : { Ipv6AddressType: ipv6AddressType }),
    DNSName: dnsNameOf(loadBalancer),
    VpcId: loadBalancer.vpcId,
    RegionId: loadBalancer.region,
    ResourceGroupId: loadBalancer.resourceGroupId,
    CreateTime: loadBalancer.createdAt,
    CrossZoneEnabled: true,
    ...(bandwidthPackageId === null ? {} : { BandwidthPackageId: bandwidthPackageId }),
    SecurityGroupIds: [],
    OperationLocks: locksOf(loadBalancer).map(({ type, reason }) => ({
      LockType: type,
      LockReason: reason,
    })),
    ...protectionFields(loadBalancer),
    LoadBalancerBillingConfig: { PayType: 'PostPay' },
  };
}

/** An overdue bill is a lock of its own. */
function locksOf({ locks, businessStatus }: LoadBalancer): readonly OperationLock[] {
  if (businessStatus === 'Normal') return locks;
  return [...locks, { type: 'FinancialLocked', reason: 'overdue' }];
}

function protectionFields({ deletionProtection, modificationProtection }: LoadBalancer): ReplyBody {
  return {
    DeletionProtectionConfig:
      deletionProtection === null
        ? { Enabled: false }
        : { Enabled: true, ...protection(deletionProtection) },
    ModificationProtectionConfig:
      modificationProtection === null
        ? { Status: 'NonProtection' }
        : { Status: 'ConsoleProtection', ...protection(modificationProtection) },
  };
}

function protection({ reason, since }: Protection): ReplyBody {
  return { Reason: reason, EnabledTime: since };
}

function zoneFields(zone: Zone, extra: ReplyBody): ReplyBody {
  return {
    ZoneId: zone.id,
    VSwitchId: zone.vSwitchId,
    Status: zone.status,
    LoadBalancerAddresses: [
      {
        ...extra,
        EniId: `eni-${zone.vSwitchId.slice('vsw-'.length)}`,
        ...(zone.publicAddress === null
          ? {}
          : {
              PublicIPv4Address: zone.publicAddress,
              AllocationId: `eip-${zone.vSwitchId.slice('vsw-'.length)}`,
            }),
        ...(zone.privateAddress === null
          ? {}
          : { PrivateIPv4Address: zone.privateAddress, PrivateIPv4HcStatus: 'Healthy' }),
      },
    ],
  };
}

function listTags(tags: readonly Tag[]): readonly ReplyBody[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

function attributeTags(tags: readonly Tag[]): readonly ReplyBody[] {
  return tags.map(({ key, value }) => ({ TagKey: key, TagValue: value }));
}
