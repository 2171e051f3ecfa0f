import { z } from 'zod';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { integer, list, tagFilter, text } from '../http/parameters.ts';
import { is, tagged, within } from './filters.ts';
import { defaultResourceGroup, type Listener } from './model.ts';
import { pageOf } from './paging.ts';
import {
  type CustomPolicy,
  customPolicies,
  printedVersions,
  systemPolicies,
} from './tls-policies.ts';

const listSystemSecurityPolicy = operation(
  'ListSystemSecurityPolicy',
  z.object({ RegionId: text().optional() }),
  () => ({
    SecurityPolicies: systemPolicies.map((policy) => ({
      SecurityPolicyId: policy.id,
      SecurityPolicyName: policy.id,
      TlsVersion: printedVersions(policy),
      Ciphers: policy.ciphers.join(','),
    })),
  }),
);

const listSecurityPolicy = operation(
  'ListSecurityPolicy',
  z.object({
    RegionId: text().optional(),
    SecurityPolicyIds: list(20).optional(),
    SecurityPolicyNames: list(20).optional(),
    Tag: tagFilter().optional(),
    ResourceGroupId: text().optional(),
    NextToken: text().optional(),
    MaxResults: integer(1, 100).optional(),
  }),
  (params, call) => {
    const found = customPolicies.filter(
      (each) =>
        within(params.SecurityPolicyIds, each.id) &&
        within(params.SecurityPolicyNames, each.name) &&
        is(params.ResourceGroupId, defaultResourceGroup) &&
        tagged(params.Tag, each.tags),
    );
    const page = pageOf(found, (each) => each.id, params, call);
    const listeners = call.world.balancing.seen().listenersIn(call.region);
    return {
      SecurityPolicies: page.rows.map((policy) => policyRow(policy, listeners, call)),
      ...page.fields,
    };
  },
);

export const nlbPolicies: readonly Operation[] = [listSystemSecurityPolicy, listSecurityPolicy];

function policyRow(policy: CustomPolicy, listeners: readonly Listener[], call: Call): ReplyBody {
  return {
    SecurityPolicyId: policy.id,
    SecurityPolicyName: policy.name,
    SecurityPolicyStatus: 'Available',
    TlsVersion: printedVersions(policy),
    Ciphers: policy.ciphers.join(','),
    RegionId: call.region,
    ResourceGroupId: defaultResourceGroup,
    RelatedListeners: listeners
      .filter((each) => each.protocol === 'TCPSSL' && each.securityPolicyId === policy.id)
      .map((each) => ({
        ListenerId: each.id,
        ListenerPort: each.port,
        ListenerProtocol: each.protocol,
        LoadBalancerId: each.loadBalancerId,
      })),
    Tags: policy.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}
