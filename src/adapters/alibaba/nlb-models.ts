/**
 * Requests of the NLB API, version 2022-04-30, under the names of the SDK that Alibaba Cloud generates, with the fields that
 * newleaf sends. Built the same way, `new ListListenersRequest({ … })`, so that the generated package can take their place.
 */
class RequestModel<Fields extends object> {
  readonly fields: Fields;

  constructor(fields: Fields) {
    this.fields = fields;
  }
}

export class DescribeRegionsRequest extends RequestModel<{ readonly serviceCode: 'nlb' }> {}

export class ListLoadBalancersRequest extends RequestModel<{
  readonly nextToken?: string | undefined;
  readonly maxResults?: number;
}> {}

export class GetLoadBalancerAttributeRequest extends RequestModel<{
  readonly loadBalancerId: string;
}> {}

export class ListListenersRequest extends RequestModel<{
  readonly loadBalancerIds?: readonly string[];
  readonly listenerProtocol?: 'TCPSSL';
  readonly nextToken?: string | undefined;
  readonly maxResults?: number;
}> {}

export class GetListenerAttributeRequest extends RequestModel<{ readonly listenerId: string }> {}

export class ListListenerCertificatesRequest extends RequestModel<{
  readonly listenerId: string;
  readonly nextToken?: string | undefined;
  readonly maxResults?: number;
}> {}

export class ListSecurityPolicyRequest extends RequestModel<{
  readonly securityPolicyIds?: readonly string[];
  readonly maxResults?: number;
}> {}

export class UpdateListenerAttributeRequest extends RequestModel<{
  readonly listenerId: string;
  readonly certificateIds?: readonly string[];
  readonly caCertificateIds?: readonly string[];
  readonly caEnabled?: boolean;
  readonly clientToken?: string;
}> {}

export class AssociateAdditionalCertificatesWithListenerRequest extends RequestModel<{
  readonly listenerId: string;
  readonly additionalCertificateIds: readonly string[];
  readonly clientToken?: string;
}> {}

export class DisassociateAdditionalCertificatesWithListenerRequest extends RequestModel<{
  readonly listenerId: string;
  readonly additionalCertificateIds: readonly string[];
  readonly clientToken?: string;
}> {}

export class GetJobStatusRequest extends RequestModel<{ readonly jobId: string }> {}

export class ListAsynJobsRequest extends RequestModel<{ readonly jobIds: readonly string[] }> {}
