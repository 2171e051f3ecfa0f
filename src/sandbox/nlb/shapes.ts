import type { ReplyBody } from '../http/operation.ts';
import type { Listener, LoadBalancer, Tag, Zone } from './model.ts';

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
    StartPort: '0',
    EndPort: '0',
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
  return {
    LoadBalancerId: loadBalancer.id,
    LoadBalancerName: loadBalancer.name,
    LoadBalancerStatus: 'Active',
    LoadBalancerBusinessStatus: 'Normal',
    AddressType: loadBalancer.addressType,
    AddressIpVersion: 'ipv4',
    DNSName: `${loadBalancer.id}.${loadBalancer.region}.nlb.aliyuncsslb.com`,
    VpcId: loadBalancer.vpcId,
    RegionId: loadBalancer.region,
    ResourceGroupId: 'rg-acfmsandbox0001',
    CreateTime: loadBalancer.createdAt,
    CrossZoneEnabled: true,
    SecurityGroupIds: [],
    OperationLocks: [],
    DeletionProtectionConfig: { Enabled: false },
    ModificationProtectionConfig: { Status: 'NonProtection' },
    LoadBalancerBillingConfig: { PayType: 'PostPay' },
  };
}

function zoneFields(zone: Zone, extra: ReplyBody): ReplyBody {
  return {
    ZoneId: zone.id,
    VSwitchId: zone.vSwitchId,
    Status: 'Active',
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
