import type { $OpenApiUtil } from '@alicloud/openapi-core';
import type * as models from './nlb-models.ts';
import type { Reply } from './replies.ts';
import { RpcClient } from './rpc-client.ts';

/**
 * The NLB API, version 2022-04-30, with the method and model names of the generated SDK, which is not on npm. One method per
 * operation, one attempt per call.
 */
export class NlbClient extends RpcClient {
  constructor(config: $OpenApiUtil.Config) {
    super(config, '2022-04-30');
  }

  async describeRegions(request: models.DescribeRegionsRequest): Promise<Reply> {
    return this.viaQuery('DescribeRegions', request.fields);
  }

  async listLoadBalancers(request: models.ListLoadBalancersRequest): Promise<Reply> {
    return this.viaQuery('ListLoadBalancers', request.fields);
  }

  async getLoadBalancerAttribute(request: models.GetLoadBalancerAttributeRequest): Promise<Reply> {
    return this.viaQuery('GetLoadBalancerAttribute', request.fields);
  }

  async listListeners(request: models.ListListenersRequest): Promise<Reply> {
    return this.viaQuery('ListListeners', request.fields);
  }

  async getListenerAttribute(request: models.GetListenerAttributeRequest): Promise<Reply> {
    return this.viaQuery('GetListenerAttribute', request.fields);
  }

  async listListenerCertificates(request: models.ListListenerCertificatesRequest): Promise<Reply> {
    return this.viaForm('ListListenerCertificates', request.fields);
  }

  async listSecurityPolicy(request: models.ListSecurityPolicyRequest): Promise<Reply> {
    return this.viaForm('ListSecurityPolicy', request.fields);
  }

  async updateListenerAttribute(request: models.UpdateListenerAttributeRequest): Promise<Reply> {
    return this.viaForm('UpdateListenerAttribute', request.fields);
  }

  async associateAdditionalCertificatesWithListener(
    request: models.AssociateAdditionalCertificatesWithListenerRequest,
  ): Promise<Reply> {
    return this.viaForm('AssociateAdditionalCertificatesWithListener', request.fields);
  }

  async disassociateAdditionalCertificatesWithListener(
    request: models.DisassociateAdditionalCertificatesWithListenerRequest,
  ): Promise<Reply> {
    return this.viaForm('DisassociateAdditionalCertificatesWithListener', request.fields);
  }

  async getJobStatus(request: models.GetJobStatusRequest): Promise<Reply> {
    return this.viaQuery('GetJobStatus', request.fields);
  }

  async listAsynJobs(request: models.ListAsynJobsRequest): Promise<Reply> {
    return this.viaQuery('ListAsynJobs', request.fields);
  }
}
