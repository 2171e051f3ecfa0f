import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { integer, list, tagFilter, text } from '../http/parameters.ts';
import { is, tagged, within } from './filters.ts';
import { dnsNameOf, loadBalancerStatuses, type LoadBalancer } from './model.ts';
import { pageOf } from './paging.ts';
import { refused } from './refusals.ts';
import { loadBalancerRow } from './shapes.ts';

const parameters = z.object({
  RegionId: text().optional(),
  NextToken: text().optional(),
  MaxResults: integer(1, 100).optional(),
  LoadBalancerIds: list(20).optional(),
  LoadBalancerNames: list(20).optional(),
  VpcIds: list(10).optional(),
  AddressType: z.enum(['Internet', 'Intranet']).optional(),
  AddressIpVersion: z.enum(['ipv4', 'DualStack']).optional(),
  Ipv6AddressType: z.enum(['Internet', 'Intranet']).optional(),
  LoadBalancerStatus: z.enum(loadBalancerStatuses).optional(),
  LoadBalancerBusinessStatus: z.enum(['Normal', 'Abnormal']).optional(),
  LoadBalancerType: z.literal(['network', 'Network']).optional(),
  DNSName: text().optional(),
  ResourceGroupId: text().optional(),
  ZoneId: text().optional(),
  Tag: tagFilter().optional(),
});

type Parameters = z.output<typeof parameters>;

export const listLoadBalancers = operation('ListLoadBalancers', parameters, (params, call) => {
  if (params.LoadBalancerNames?.every(isName) === false) {
    throw refused('IllegalParam.loadBalancerName');
  }
  const found = call.world.balancing
    .loadBalancersIn(call.region)
    .filter((each) => isNamed(params, each) && isPlaced(params, each) && isInState(params, each));
  const page = pageOf(found, (each) => each.id, params, call);
  return { LoadBalancers: page.rows.map(loadBalancerRow), ...page.fields };
});

/** 2 to 128 characters, as at the creation of a load balancer. */
function isName(name: string): boolean {
  return name.length >= 2 && name.length <= 128;
}

function isNamed(params: Parameters, each: LoadBalancer): boolean {
  return (
    within(params.LoadBalancerIds, each.id) &&
    within(params.LoadBalancerNames, each.name) &&
    is(params.DNSName, dnsNameOf(each)) &&
    is(params.ResourceGroupId, each.resourceGroupId) &&
    tagged(params.Tag, each.tags)
  );
}

function isPlaced(params: Parameters, each: LoadBalancer): boolean {
  return (
    within(params.VpcIds, each.vpcId) &&
    (params.ZoneId === undefined || each.zones.some((zone) => zone.id === params.ZoneId)) &&
    is(params.AddressType, each.addressType) &&
    is(params.AddressIpVersion, each.ipVersion) &&
    is(params.Ipv6AddressType, each.ipv6AddressType)
  );
}

function isInState(params: Parameters, each: LoadBalancer): boolean {
  return (
    is(params.LoadBalancerStatus, each.status) &&
    is(params.LoadBalancerBusinessStatus, each.businessStatus)
  );
}
