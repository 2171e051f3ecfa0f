import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Operation, operation } from '../http/operation.ts';
import { flag, integer, list, tagFilter, text } from '../http/parameters.ts';
import { is, tagged, within } from './filters.ts';
import { listListenerCertificates } from './listener-certificates.ts';
import type { LoadBalancer } from './model.ts';
import { pageOf } from './paging.ts';
import { requireListener } from './require.ts';
import {
  listenerAttributes,
  listenerRow,
  loadBalancerAttributes,
  loadBalancerRow,
} from './shapes.ts';

const region = { RegionId: text().optional() };
const paging = { NextToken: text().optional(), MaxResults: integer(1, 100).optional() };
const repeatable = { ClientToken: text().optional(), DryRun: flag().optional() };

const listLoadBalancers = operation(
  'ListLoadBalancers',
  z.object({
    ...region,
    ...paging,
    LoadBalancerIds: list(20).optional(),
    LoadBalancerNames: list(20).optional(),
    VpcIds: list(10).optional(),
    AddressType: z.enum(['Internet', 'Intranet']).optional(),
    AddressIpVersion: z.enum(['ipv4', 'DualStack']).optional(),
    Ipv6AddressType: z.enum(['Internet', 'Intranet']).optional(),
    LoadBalancerStatus: text().optional(),
    LoadBalancerBusinessStatus: z.enum(['Normal', 'Abnormal']).optional(),
    LoadBalancerType: z.literal(['network', 'Network']).optional(),
    DNSName: text().optional(),
    ResourceGroupId: text().optional(),
    ZoneId: text().optional(),
    Tag: tagFilter().optional(),
  }),
  (params, call) => {
    const found = call.world.balancing
      .loadBalancersIn(call.region)
      .filter(
        (each) =>
          within(params.LoadBalancerIds, each.id) &&
          within(params.LoadBalancerNames, each.name) &&
          within(params.VpcIds, each.vpcId) &&
          is(params.AddressType, each.addressType) &&
          is(params.AddressIpVersion, 'ipv4') &&
          is(params.LoadBalancerStatus, 'Active') &&
          is(params.LoadBalancerBusinessStatus, 'Normal') &&
          inZone(params.ZoneId, each) &&
          tagged(params.Tag, each.tags),
      );
    const page = pageOf(found, (each) => each.id, params, call);
    return { LoadBalancers: page.rows.map(loadBalancerRow), ...page.fields };
  },
);

const getLoadBalancerAttribute = operation(
  'GetLoadBalancerAttribute',
  z.object({ LoadBalancerId: text(), ...region, ...repeatable }),
  (params, call) => {
    const found = call.world.balancing.loadBalancer(params.LoadBalancerId);
    if (found?.region === call.region) return loadBalancerAttributes(found);
    throw new ApiError(
      'ResourceNotFound.loadBalancer',
      'The specified resource of loadbalancer is not found.',
      {
        status: 404,
      },
    );
  },
);

const listListeners = operation(
  'ListListeners',
  z.object({
    ...region,
    ...paging,
    ListenerIds: list(20).optional(),
    LoadBalancerIds: list(20).optional(),
    ListenerProtocol: z.enum(['TCP', 'UDP', 'TCPSSL']).optional(),
    SecSensorEnabled: text().optional(),
    Tag: tagFilter().optional(),
  }),
  (params, call) => {
    const found = call.world.balancing
      .listenersIn(call.region)
      .filter(
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
  z.object({ ListenerId: text(), ...region, ...repeatable }),
  (params, call) => listenerAttributes(requireListener(params.ListenerId, call)),
);

/** Servers behind a listener are always well here. */
const getListenerHealthStatus = operation(
  'GetListenerHealthStatus',
  z.object({ ListenerId: text(), ...region, ...paging }),
  (params, call) => {
    const listener = requireListener(params.ListenerId, call);
    const group = {
      ServerGroupId: listener.serverGroupId,
      HeathCheckEnabled: true,
      NonNormalServers: [],
    };
    const row = {
      ListenerId: listener.id,
      ListenerPort: listener.port,
      ListenerProtocol: listener.protocol,
      ServerGroupInfos: [group],
    };
    return { ListenerHealthStatus: [row], MaxResults: params.MaxResults ?? 20, TotalCount: 1 };
  },
);

export const nlbReads: readonly Operation[] = [
  listLoadBalancers,
  getLoadBalancerAttribute,
  listListeners,
  getListenerAttribute,
  listListenerCertificates,
  getListenerHealthStatus,
];

function inZone(wanted: string | undefined, loadBalancer: LoadBalancer): boolean {
  return wanted === undefined || loadBalancer.zones.some((zone) => zone.id === wanted);
}
