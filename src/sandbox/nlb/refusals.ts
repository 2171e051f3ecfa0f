import { ApiError } from '../http/api-error.ts';

/** How each code is worded. `%s` stands for a value of the call, such as an id; what never varies is filled in. */
const badRequests = {
  'Conflict.Lock': 'The Lock [%s] is conflict.',
  'Conflict.Port': 'The Port [%s] is conflict.',
  DryRunOperation: 'Request validation has been passed with DryRun flag set.',
  'DuplicatedParam.LoadBalancerId': 'The param of LoadBalancerId is duplicated.',
  'DuplicatedParam.listener': 'The param of any port listener is duplicated.',
  IdempotenceSignatureMismatch:
    'The idempotence token of request is same with the prev one, but the signature is different.',
  IllegalParam: 'The param of %s is illegal.',
  'IllegalParam.AdditionalCertificateIds': 'The param of AdditionalCertificateIds is illegal.',
  'IllegalParam.AnyPortListenerConflictWithNonAnyPortServerGroup':
    'The param of AnyPortListenerConflictWithNonAnyPortServerGroup is illegal.',
  'IllegalParam.IdleTimeout': 'The param of IdleTimeout is illegal.',
  'IllegalParam.ListenerDescription': 'The parameter ListenerDescription of listener is illegal.',
  'IllegalParam.LoadBalancerType': 'The LoadBalancerType value is invalid.',
  'IllegalParam.MaxResults': 'The param of MaxResults is illegal.',
  'IllegalParam.MssConflictWithUdpAndGeneve':
    'The param of MssConflictWithUdpAndGeneve is illegal.',
  'IllegalParam.NextToken': 'The param of NextToken is illegal.',
  'IllegalParam.NonAnyPortListenerConflictWithAnyPortServerGroup':
    'The param of NonAnyPortListenerConflictWithAnyPortServerGroup is illegal.',
  'IllegalParam.Port': 'The param of Port is illegal.',
  'IllegalParam.PreserveClientIpSwitch':
    'The server group associated with the tcpssl listener does not support enabling PreserveClientIp.',
  'IllegalParam.ServerGroupId': 'The param of ServerGroupId is illegal.',
  'IllegalParam.loadBalancerName': 'Param loadBalancerName is illegal.',
  // Two spaces, as documented.
  'IllegalParamSize.certificateIds':
    'The param size of certificateIds or  caCertificateIds is illegal.',
  'IncorrectStatus.certificate': 'The status of certificate [%s] is incorrect.',
  'IncorrectStatus.listener': 'The status of listener [%s] is incorrect.',
  'IncorrectStatus.loadbalancer': 'The status of loadbalancer [%s] is incorrect.',
  'Mismatch.Protocol': 'The Protocol is mismatched for %s and %s.',
  'Mismatch.VpcId': 'The VpcId is mismatched for %s and %s.',
  'MissingParam.AlpnPolicy': 'The parameter of AlpnPolicy is missing.',
  'MissingParam.CaCertificateIds': 'The parameter of CaCertificateIds is missing.',
  'MissingParam.Certificate': 'The param of certificate is missing.',
  'MissingParam.EndPort': 'The parameter of EndPort is missing.',
  'MissingParam.ServerGroupId': 'The param of ServerGroupId is missing.',
  'MissingParam.StartPort': 'The parameter of StartPort is missing.',
  'OperationDenied.CaCertificateUsed': 'The operation is not allowed because of CaCertificateUsed.',
  'OperationDenied.DefaultCertificateUsed':
    'The operation is not allowed because of DefaultCertificateUsed.',
  'OperationDenied.Protocol': 'The operation is not allowed because of Protocol.',
  'OperationDenied.RegionNotSupportHDMonitor':
    'The operation is not allowed because of RegionNotSupportHDMonitor.',
  'OperationFailed.GetXipFailed': 'Operation failed because GetXipFailed.',
  'OperationFailed.ResourceIsConfiguring': 'The operation failed because of ResourceIsConfiguring.',
  'QuotaExceeded.QuotaInsufficient': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.nlb_quota_loadbalancer_certificates_num':
    'The quota of nlb_quota_loadbalancer_certificates_num is exceeded, usage %s/%s.',
  'QuotaExceeded.nlb_quota_loadbalancer_listeners_num':
    'The quota of nlb_quota_loadbalancer_listeners_num is exceeded, usage %s/%s.',
  'ResourceAlreadyAssociated.Certificate':
    'The specified resource Certificate is already associated.',
  'ResourceNotAssociated.Certificate': 'The specified resource Certificate is not associated.',
  'ResourceNotEnough.CaCertificateApiCount':
    'The specified resource of CaCertificateApiCount is not enough.',
  'ResourceNotFound.Certificate': 'The specified resource Certificate is not found.',
  SystemBusy: 'System is busy, please try again later.',
} as const;

const notFound = {
  'ResourceNotFound.CaCertificate': 'The specified resource of CaCertificate is not found.',
  'ResourceNotFound.HdMonitorConfigNotExist':
    'The specified resource of HdMonitorConfigNotExist is not found.',
  'ResourceNotFound.JobId': 'The specified resource of JobId is not found.',
  'ResourceNotFound.VSwitch': 'The specified resource of vSwitch is not found.',
  'ResourceNotFound.listener': 'The specified resource listener is not found.',
  'ResourceNotFound.loadBalancer': 'The specified resource of loadbalancer is not found.',
  // One action spells it so.
  'ResourceNotFound.loadbalancer': 'The specified resource loadbalancer is not found.',
  'ResourceNotFound.securitypolicy': 'The specified resource of securitypolicy is not found.',
  'ResourceNotFound.serverGroup': 'The specified resource of serverGroup is not found.',
} as const;

const forbidden = {
  'Forbidden.NoPermission': 'Authentication is failed for NoPermission.',
} as const;

const messages = { ...badRequests, ...notFound, ...forbidden };

/** The codes the load balancing API documents. Letter case differs between actions and is meant. */
export type NlbCode = keyof typeof messages;

/** How a code is worded and with which HTTP status it comes. */
export function wordingOf(code: NlbCode): { readonly status: number; readonly message: string } {
  return { status: statusOf(code), message: messages[code] };
}

/** The refusal of that code; `values` take the place of each `%s` in turn. */
export function refused(code: NlbCode, ...values: readonly (string | number)[]): ApiError {
  const [first = '', ...rest] = messages[code].split('%s');
  const message = rest.reduce((text, part, index) => `${text}${values[index] ?? ''}${part}`, first);
  return new ApiError(code, message, { status: statusOf(code) });
}

function statusOf(code: NlbCode): number {
  if (code in notFound) return 404;
  return code in forbidden ? 403 : 400;
}
