import { front, plainTcp } from '../../support.ts';
import type { Scenario, Scenarios } from '../scenario.ts';
import { type Fields, nlb, web, withoutPermission } from './stage.ts';

function refusing(action: string, fields: Fields): Scenario {
  return (stage) => nlb(stage, action, fields);
}

/** The token of one query, used for another. */
function foreignToken(action: string, fields: Fields = {}): Scenario {
  return async (stage) => {
    const { NextToken } = await nlb(stage, 'ListListeners', { MaxResults: 1 });
    return nlb(stage, action, { ...fields, NextToken });
  };
}

const noListener = { ListenerId: 'lsn-none' };

/** Every read, by the codes it answers by itself. */
export const readScenarios: Scenarios = {
  'ListLoadBalancers IllegalParam.MaxResults': refusing('ListLoadBalancers', { MaxResults: 101 }),
  'ListLoadBalancers IllegalParam.NextToken': foreignToken('ListLoadBalancers'),
  'ListLoadBalancers IllegalParam.LoadBalancerType': refusing('ListLoadBalancers', {
    LoadBalancerType: 'application',
  }),
  'ListLoadBalancers IllegalParam.loadBalancerName': refusing('ListLoadBalancers', {
    LoadBalancerNames: ['w'],
  }),
  'ListLoadBalancers Forbidden.NoPermission': withoutPermission('ListLoadBalancers'),
  'GetLoadBalancerAttribute ResourceNotFound.loadBalancer': refusing('GetLoadBalancerAttribute', {
    LoadBalancerId: 'nlb-none',
  }),
  'GetLoadBalancerAttribute Forbidden.NoPermission': withoutPermission('GetLoadBalancerAttribute', {
    LoadBalancerId: web,
  }),
  'ListListeners IllegalParam': refusing('ListListeners', { MaxResults: 101 }),
  'ListListeners Forbidden.NoPermission': withoutPermission('ListListeners'),
  'GetListenerAttribute ResourceNotFound.listener': refusing('GetListenerAttribute', noListener),
  'ListListenerCertificates OperationDenied.Protocol': refusing('ListListenerCertificates', {
    ListenerId: plainTcp,
  }),
  'ListListenerCertificates IllegalParam.MaxResults': refusing('ListListenerCertificates', {
    ListenerId: front,
    MaxResults: 51,
  }),
  'ListListenerCertificates IllegalParam.NextToken': foreignToken('ListListenerCertificates', {
    ListenerId: front,
  }),
  'ListListenerCertificates ResourceNotFound.listener': refusing(
    'ListListenerCertificates',
    noListener,
  ),
  'GetJobStatus ResourceNotFound.JobId': refusing('GetJobStatus', { JobId: 'none' }),
  'GetJobStatus Forbidden.NoPermission': withoutPermission('GetJobStatus', { JobId: 'none' }),
  'ListSecurityPolicy IllegalParam.MaxResults': refusing('ListSecurityPolicy', { MaxResults: 101 }),
  'ListSecurityPolicy IllegalParam.NextToken': foreignToken('ListSecurityPolicy'),
  'ListSecurityPolicy Forbidden.NoPermission': withoutPermission('ListSecurityPolicy'),
  'DescribeRegions IllegalParam': refusing('DescribeRegions', { AcceptLanguage: 'fr-FR' }),
  'GetListenerHealthStatus ResourceNotFound.listener': refusing(
    'GetListenerHealthStatus',
    noListener,
  ),
  'GetListenerHealthStatus Forbidden.NoPermission': withoutPermission('GetListenerHealthStatus', {
    ListenerId: front,
  }),
};
