import { z } from 'zod';
import { type Call, type Operation, operation } from '../http/operation.ts';
import { flag, integer, list, tagFilter, text } from '../http/parameters.ts';
import { is, tagged, within } from './filters.ts';
import { getListenerHealthStatus } from './health-status.ts';
import { listListenerCertificates } from './listener-certificates.ts';
import { listLoadBalancers } from './load-balancer-list.ts';
import { type Listener, protocols } from './model.ts';
import { pageOf } from './paging.ts';
import { requireLoadBalancer, requireSeenListener } from './require.ts';
import { listenerAttributes, listenerRow, loadBalancerAttributes } from './shapes.ts';

/** Reads take them and nothing comes of it. */
const repeatable = {
  RegionId: text().optional(),
  ClientToken: text().optional(),
  DryRun: flag().optional(),
};

const getLoadBalancerAttribute = operation(
  'GetLoadBalancerAttribute',
  z.object({ LoadBalancerId: text(), ...repeatable }),
  (params, call) => loadBalancerAttributes(requireLoadBalancer(params.LoadBalancerId, call)),
);

const listListeners = operation(
  'ListListeners',
  z.object({
    RegionId: text().optional(),
    NextToken: text().optional(),
    MaxResults: integer(1, 100).optional(),
    ListenerIds: list(20).optional(),
    LoadBalancerIds: list(20).optional(),
    ListenerProtocol: z.enum(protocols).optional(),
    SecSensorEnabled: z.enum(['true', 'false']).optional(),
    Tag: tagFilter().optional(),
  }),
  (params, call) => {
    const found = candidates(params.LoadBalancerIds, call).filter(
      (each) =>
        within(params.ListenerIds, each.id) &&
        within(params.LoadBalancerIds, each.loadBalancerId) &&
        is(params.ListenerProtocol, each.protocol) &&
        is(params.SecSensorEnabled, String(each.secSensorEnabled)) &&
        tagged(params.Tag, each.tags),
    );
    const page = pageOf(found, (each) => each.id, params, call);
    return { Listeners: page.rows.map(listenerRow), ...page.fields };
  },
);

const getListenerAttribute = operation(
  'GetListenerAttribute',
  z.object({ ListenerId: text(), ...repeatable }),
  (params, call) => listenerAttributes(requireSeenListener(params.ListenerId, call)),
);

export const nlbReads: readonly Operation[] = [
  listLoadBalancers,
  getLoadBalancerAttribute,
  listListeners,
  getListenerAttribute,
  listListenerCertificates,
  getListenerHealthStatus,
];

/** Where one load balancer is asked for, the others' listeners need not be gone through. */
function candidates(
  loadBalancerIds: readonly string[] | undefined,
  call: Call,
): readonly Listener[] {
  const [only, ...others] = loadBalancerIds ?? [];
  const seen = call.world.balancing.seen();
  return only === undefined || others.length > 0
    ? seen.listenersIn(call.region)
    : seen.listenersOf(only).filter((each) => each.region === call.region);
}
