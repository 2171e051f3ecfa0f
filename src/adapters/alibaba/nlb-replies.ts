import { z } from 'zod';
import type { BoundCertificate, ListenerState } from '../../domain/listener.ts';
import {
  list,
  maybeFlag,
  maybeText,
  type Page,
  reader,
  type Rows,
  rowsOf,
  text,
} from './replies.ts';

/** Both shapes that one product uses: `Key` and `Value` in lists, `TagKey` and `TagValue` in single readings. */
const Tag = z
  .object({ key: maybeText, value: maybeText, tagKey: maybeText, tagValue: maybeText })
  .transform((tag): readonly [string, string] => [
    tag.key ?? tag.tagKey ?? '',
    tag.value ?? tag.tagValue ?? '',
  ]);
const Tags = list(Tag).transform(
  (tags): Readonly<Record<string, string>> =>
    Object.fromEntries(tags.filter(([key]) => key !== '')),
);

const Address = z.object({
  publicIPv4Address: maybeText,
  privateIPv4Address: maybeText,
  ipv6Address: maybeText,
});
const ZoneMapping = z.object({
  zoneId: text,
  status: maybeText,
  loadBalancerAddresses: list(Address),
});
const LoadBalancer = z.object({
  loadBalancerId: text,
  loadBalancerName: maybeText,
  vpcId: maybeText,
  tags: Tags,
  zoneMappings: list(ZoneMapping),
});
export type LoadBalancerFacts = z.output<typeof LoadBalancer>;

const scalar = z.union([z.string(), z.number(), z.boolean()]).nullish();
const Listener = z.object({
  listenerId: text,
  loadBalancerId: text,
  listenerProtocol: maybeText,
  listenerPort: z.coerce.number().nullish(),
  startPort: maybeText,
  endPort: maybeText,
  listenerDescription: maybeText,
  listenerStatus: text.transform(statusOf),
  serverGroupId: maybeText,
  securityPolicyId: maybeText,
  idleTimeout: scalar,
  cps: scalar,
  mss: scalar,
  certificateIds: list(text),
  caCertificateIds: list(text),
  caEnabled: maybeFlag,
  alpnEnabled: maybeFlag,
  alpnPolicy: maybeText,
  proxyProtocolEnabled: maybeFlag,
  proxyProtocolV2Config: z.record(z.string(), scalar).nullish(),
  secSensorEnabled: maybeFlag,
  tags: Tags,
});
export type ListenerFacts = z.output<typeof Listener>;

const CertificateRow = z.object({
  certificateId: text,
  certificateType: maybeText,
  isDefault: maybeFlag,
  status: maybeText.transform(bindingOf),
});
export type CertificateRow = z.output<typeof CertificateRow>;

const TlsPolicy = z.object({
  securityPolicyId: text,
  /** Separated by commas, `TLSv1.0,TLSv1.1`. */
  tlsVersion: text.transform((versions) => versions.split(',').map((each) => each.trim())),
});
export type TlsPolicyFacts = z.output<typeof TlsPolicy>;

const paging = { nextToken: maybeText, totalCount: maybeText };

export const readLoadBalancer = reader(LoadBalancer);
export const readListener = reader(Listener);
export const readLoadBalancers = reader(
  z
    .object({ loadBalancers: rowsOf(LoadBalancer), ...paging })
    .transform((reply, context) => pageOf(reply.loadBalancers, reply, context)),
);
export const readListeners = reader(
  z
    .object({ listeners: rowsOf(Listener), ...paging })
    .transform((reply, context) => pageOf(reply.listeners, reply, context)),
);
export const readCertificateRows = reader(
  z
    .object({ certificates: rowsOf(CertificateRow), ...paging })
    .transform((reply, context) => pageOf(reply.certificates, reply, context)),
);
export const readRegions = reader(
  z
    .object({ regions: z.array(z.object({ regionId: text })) })
    .transform(({ regions }) => regions.map(({ regionId }) => regionId)),
);
export const readTlsPolicies = reader(
  z
    .object({ securityPolicies: list(TlsPolicy) })
    .transform(({ securityPolicies }) => securityPolicies),
);
export const readStarted = reader(z.object({ jobId: text, requestId: maybeText }));
export const readJobStatus = reader(
  z.object({ status: text }).transform(({ status }) => jobOf(status)),
);
export const readJobs = reader(
  z
    .object({ jobs: list(z.object({ id: text, status: text.transform(jobOf) })) })
    .transform(({ jobs }) => jobs),
);

/**
 * A page without its list is empty only when the reply says so: taken for empty, a reply that we do not understand would make
 * listeners disappear.
 */
function pageOf<T>(
  found: Rows<T> | null,
  { nextToken, totalCount }: { nextToken: string | null; totalCount: string | null },
  context: z.RefinementCtx,
): Page<T> {
  if (found === null && totalCount !== '0') {
    context.addIssue({ code: 'custom', message: 'no rows' });
    return z.NEVER;
  }
  const total = Number(totalCount ?? Number.NaN);
  return {
    rows: found?.rows ?? [],
    bad: found?.bad ?? [],
    next: nextToken,
    total: Number.isNaN(total) ? null : total,
  };
}

/** An unknown status is taken as `changing`: nothing is started on a listener we do not understand. */
function statusOf(status: string): ListenerState['status'] {
  switch (status.toLowerCase()) {
    case 'running':
      return 'running';
    case 'stopped':
      return 'stopped';
    case 'deleting':
    case 'deleted':
      return 'gone';
    default:
      return 'changing';
  }
}

/** The API spells the leaving state `Diassociating`, its prose `Dissociating`. An unknown one is not settled. */
function bindingOf(status: string | null): BoundCertificate['state'] {
  const word = status?.toLowerCase() ?? 'associated';
  if (word === 'associated') return 'bound';
  return word.startsWith('di') ? 'unbinding' : 'binding';
}

export type JobState = 'pending' | 'done' | 'failed';

/** `Failed` is documented for one of the two operations only; whatever else ends a job counts as failed. */
function jobOf(status: string): JobState {
  switch (status.toLowerCase()) {
    case 'succeeded':
      return 'done';
    case 'processing':
      return 'pending';
    default:
      return 'failed';
  }
}
