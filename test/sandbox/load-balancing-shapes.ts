import { z } from 'zod';

/*
 * What a reply may hold, as the documentation tells it: every field that is named must be there with a value of its type,
 * and no other. Only what is said to be optional may be missing.
 */

export const text = z.string();
export const count = z.int();
export const yes = z.boolean();
export const id = { RequestId: z.string().regex(/^[0-9A-F-]{36}$/) };
export const paged = { ...id, MaxResults: count, NextToken: text.optional(), TotalCount: count };
export const job = z.strictObject({ ...id, JobId: z.uuid() });
export const listed = z.array(z.strictObject({ Key: text, Value: text }));
export const told = z.array(z.strictObject({ TagKey: text, TagValue: text }));
const moment = z.iso.datetime();

export const listener = {
  ListenerId: text,
  LoadBalancerId: text,
  RegionId: text,
  ListenerProtocol: z.enum(['TCP', 'UDP', 'TCPSSL']),
  ListenerPort: count,
  StartPort: z.string().regex(/^\d+$/),
  EndPort: z.string().regex(/^\d+$/),
  ListenerStatus: z.literal('Running'),
  ListenerDescription: text,
  ServerGroupId: text,
  IdleTimeout: count,
  Cps: count,
  Mss: count,
  SecSensorEnabled: yes,
  ProxyProtocolEnabled: yes,
  ProxyProtocolV2Config: z.strictObject({
    Ppv2VpcIdEnabled: yes,
    Ppv2PrivateLinkEpIdEnabled: yes,
    Ppv2PrivateLinkEpsIdEnabled: yes,
  }),
};
export const withTls = {
  CaEnabled: yes,
  AlpnEnabled: yes,
  AlpnPolicy: text.optional(),
  SecurityPolicyId: text,
  CertificateIds: z.array(text).length(1),
  CaCertificateIds: z.array(text).max(1),
};

/** A listener that does not end TLS has no policy, and nothing is on or bound. */
export const withoutTls = {
  CaEnabled: z.literal(false),
  AlpnEnabled: z.literal(false),
  CertificateIds: z.array(text).length(0),
  CaCertificateIds: z.array(text).length(0),
};

export const balancer = {
  LoadBalancerId: text,
  LoadBalancerName: text,
  LoadBalancerStatus: z.literal('Active'),
  LoadBalancerBusinessStatus: z.literal('Normal'),
  AddressType: z.enum(['Internet', 'Intranet']),
  AddressIpVersion: z.enum(['ipv4', 'DualStack']),
  Ipv6AddressType: text.optional(),
  DNSName: text,
  VpcId: text,
  RegionId: text,
  ResourceGroupId: text,
  CreateTime: moment,
  CrossZoneEnabled: yes,
  BandwidthPackageId: text.optional(),
  SecurityGroupIds: z.array(text),
  OperationLocks: z.array(z.strictObject({ LockType: text, LockReason: text })),
  DeletionProtectionConfig: z.strictObject({
    Enabled: yes,
    Reason: text.optional(),
    EnabledTime: moment.optional(),
  }),
  ModificationProtectionConfig: z.strictObject({
    Status: z.enum(['NonProtection', 'ConsoleProtection']),
    Reason: text.optional(),
    EnabledTime: moment.optional(),
  }),
  LoadBalancerBillingConfig: z.strictObject({ PayType: z.literal('PostPay') }),
};
const address = {
  EniId: text,
  PublicIPv4Address: text.optional(),
  AllocationId: text.optional(),
  PrivateIPv4Address: text.optional(),
  PrivateIPv4HcStatus: text.optional(),
};
export const zonesWith = <S extends z.ZodRawShape>(extra: S) =>
  z.array(
    z.strictObject({
      ZoneId: text,
      VSwitchId: text,
      Status: z.enum(['Active', 'Shifted']),
      LoadBalancerAddresses: z.array(z.strictObject({ ...address, ...extra })).min(1),
    }),
  );

export const policy = {
  SecurityPolicyId: text,
  SecurityPolicyName: text,
  TlsVersion: text,
  Ciphers: text,
};
export const related = {
  ListenerId: text,
  ListenerPort: count,
  ListenerProtocol: text,
  LoadBalancerId: text,
};
