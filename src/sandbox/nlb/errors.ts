import type { DocumentedError, DocumentedErrors } from '../http/documented.ts';
import { type NlbCode, wordingOf } from './refusals.ts';

const noListener = 'for a listener that is not in this region';
const orphan = 'no listener is without its load balancer here';
const busyListener = 'while a job of the listener is under way';
const inactive = 'when the load balancer is not Active or its business status is Abnormal';
const dryRun = 'when all checks of a dry run pass';
const reusedToken = 'for another request under the same ClientToken';
const unknownCertificate = 'for a certificate that is not in the store this region uses';
const noTls = 'for a listener that does not end TLS';
const everyRegion = 'every region here supports fine-grained monitoring';
const configured = 'fine-grained monitoring needs no set-up here';
const unmetered = 'calls that fetch CA certificates are not metered here';

/** Errors that many actions list and nothing brings about. */
const byReason = {
  SystemBusy: 'the sandbox is never too busy',
  'Conflict.Lock': 'requests are carried out one at a time here',
} as const;

const noPermission = state('Forbidden.NoPermission', 'for a key without the permission');

/** What every write on one listener may answer, documented for the action or not. */
const anyWrite = [
  state('ResourceNotFound.listener', noListener),
  state('IncorrectStatus.loadbalancer', inactive),
  state('IdempotenceSignatureMismatch', reusedToken),
  state('DryRunOperation', dryRun),
];

/** What the load balancing API may answer, by action, and what brings it about here. */
export const nlbErrors: DocumentedErrors = {
  ListLoadBalancers: [
    state('IllegalParam.MaxResults', 'for a page of more than 100'),
    state('IllegalParam.NextToken', 'for a token of another query'),
    state('IllegalParam.LoadBalancerType', 'for a type other than network'),
    state('IllegalParam.loadBalancerName', 'for a name of one character'),
    noPermission,
    ...onOrder('SystemBusy'),
  ],
  GetLoadBalancerAttribute: [
    state('ResourceNotFound.loadBalancer', 'for an id that is not of this region'),
    order('DuplicatedParam.LoadBalancerId', 'which call repeats a parameter is not documented'),
    order('OperationFailed.GetXipFailed', 'addresses are always known here'),
    noPermission,
  ],
  ListListeners: [
    state('IllegalParam', 'for a page of more than 100 or a token of another query'),
    noPermission,
    ...onOrder('SystemBusy'),
  ],
  GetListenerAttribute: [
    state('ResourceNotFound.listener', noListener),
    order('ResourceNotFound.loadBalancer', orphan),
    ...onOrder('SystemBusy'),
  ],
  ListListenerCertificates: [
    state('OperationDenied.Protocol', noTls),
    state('IllegalParam.MaxResults', 'for a page of more than 50'),
    state('IllegalParam.NextToken', 'for a token of another query'),
    state('ResourceNotFound.listener', noListener),
    order('ResourceNotFound.loadbalancer', orphan),
  ],
  GetJobStatus: [
    state('ResourceNotFound.JobId', 'for a job that is unknown or long over'),
    noPermission,
    ...onOrder('SystemBusy'),
  ],
  ListAsynJobs: [],
  ListSecurityPolicy: [
    state('IllegalParam.MaxResults', 'for a page of more than 100'),
    state('IllegalParam.NextToken', 'for a token of another query'),
    noPermission,
    ...onOrder('SystemBusy'),
  ],
  ListSystemSecurityPolicy: [],
  DescribeRegions: [
    state('IllegalParam', 'for a language that is not offered'),
    ...onOrder('SystemBusy'),
  ],
  GetListenerHealthStatus: [
    state('ResourceNotFound.listener', noListener),
    order('ResourceNotFound.loadBalancer', orphan),
    noPermission,
    ...onOrder('SystemBusy'),
  ],
  UpdateListenerAttribute: [
    ...anyWrite,
    state('IncorrectStatus.listener', busyListener),
    state('ResourceNotFound.Certificate', unknownCertificate),
    state('ResourceAlreadyAssociated.Certificate', 'for a certificate the listener already has'),
    state('IllegalParamSize.certificateIds', 'for more than one certificate or CA certificate'),
    state('IllegalParam.IdleTimeout', 'for a timeout outside the range of the protocol'),
    state('IllegalParam', 'for any other parameter out of its range'),
    state('IllegalParam.PreserveClientIpSwitch', 'for a group that keeps client addresses'),
    state('Mismatch.VpcId', 'for a server group of another network'),
    state('Mismatch.Protocol', 'for a server group of another protocol'),
    state('ResourceNotFound.CaCertificate', 'for a CA certificate in no repository of the store'),
    state('ResourceNotFound.securitypolicy', 'for a TLS policy that does not exist'),
    state('ResourceNotFound.serverGroup', 'for a server group that does not exist'),
    order('Conflict.Port', 'an update cannot change a port'),
    order('OperationDenied.RegionNotSupportHDMonitor', everyRegion),
    order('ResourceNotFound.HdMonitorConfigNotExist', configured),
    order('ResourceNotEnough.CaCertificateApiCount', unmetered),
    noPermission,
    ...onOrder('SystemBusy', 'Conflict.Lock'),
  ],
  AssociateAdditionalCertificatesWithListener: [
    ...anyWrite,
    state('IncorrectStatus.listener', busyListener),
    state('OperationDenied.Protocol', noTls),
    state('ResourceNotFound.Certificate', unknownCertificate),
    state('ResourceAlreadyAssociated.Certificate', 'for a certificate the listener already has'),
    state('IllegalParam.AdditionalCertificateIds', 'for more than 15 certificates'),
    state(
      'QuotaExceeded.nlb_quota_loadbalancer_certificates_num',
      'for a 26th additional certificate on one load balancer',
    ),
    order('OperationFailed.ResourceIsConfiguring', 'only a busy listener is in the way here'),
    noPermission,
    ...onOrder('SystemBusy', 'Conflict.Lock'),
  ],
  DisassociateAdditionalCertificatesWithListener: [
    ...anyWrite,
    state('IncorrectStatus.listener', busyListener),
    state('IncorrectStatus.certificate', 'for a certificate that is still being associated'),
    state('OperationDenied.Protocol', noTls),
    state('OperationDenied.DefaultCertificateUsed', 'for the default certificate'),
    state('OperationDenied.CaCertificateUsed', 'for the CA certificate'),
    state('ResourceNotAssociated.Certificate', 'for a certificate the listener does not have'),
    state('IllegalParam.AdditionalCertificateIds', 'for more than 15 certificates'),
    order('ResourceNotFound.loadBalancer', orphan),
    ...onOrder('Conflict.Lock'),
  ],
  CreateListener: [
    state('ResourceNotFound.loadBalancer', 'for an id that is not of this region'),
    state('IncorrectStatus.loadbalancer', inactive),
    state('IdempotenceSignatureMismatch', reusedToken),
    state('DryRunOperation', dryRun),
    state('Conflict.Port', 'for a port that a listener of the load balancer has'),
    state('DuplicatedParam.listener', 'for a second any-port listener over the same ports'),
    state(
      'QuotaExceeded.nlb_quota_loadbalancer_listeners_num',
      'for a 51st listener on one load balancer',
    ),
    state('MissingParam.Certificate', 'for a TCPSSL listener without a certificate'),
    state('MissingParam.CaCertificateIds', 'for client authentication without a CA certificate'),
    state('MissingParam.AlpnPolicy', 'for ALPN without a policy'),
    state('MissingParam.ServerGroupId', 'without a server group'),
    state('MissingParam.StartPort', 'for port 0 without a start port'),
    state('MissingParam.EndPort', 'for port 0 without an end port'),
    state('IllegalParamSize.certificateIds', 'for more than one certificate or CA certificate'),
    state('ResourceNotFound.Certificate', unknownCertificate),
    state('ResourceNotFound.CaCertificate', 'for a CA certificate in no repository of the store'),
    state('ResourceNotFound.securitypolicy', 'for a TLS policy that does not exist'),
    state('ResourceNotFound.serverGroup', 'for a server group that does not exist'),
    state('Mismatch.VpcId', 'for a server group of another network'),
    state('Mismatch.Protocol', 'for a server group of another protocol'),
    state('IllegalParam', 'for any other parameter out of its range'),
    state('IllegalParam.Port', 'for a port above 65535, or a range that ends before it starts'),
    state('IllegalParam.IdleTimeout', 'for a timeout outside the range of the protocol'),
    state('IllegalParam.ListenerDescription', 'for a description of one character'),
    state('IllegalParam.ServerGroupId', 'for an id that does not start with sgp-'),
    state('IllegalParam.PreserveClientIpSwitch', 'for a group that keeps client addresses'),
    state('IllegalParam.MssConflictWithUdpAndGeneve', 'for a segment size on a UDP listener'),
    state(
      'IllegalParam.AnyPortListenerConflictWithNonAnyPortServerGroup',
      'for port 0 and a server group with fixed ports',
    ),
    state(
      'IllegalParam.NonAnyPortListenerConflictWithAnyPortServerGroup',
      'for one port and a server group without fixed ports',
    ),
    order('QuotaExceeded.QuotaInsufficient', 'which quota it names is not documented'),
    order('ResourceNotEnough.CaCertificateApiCount', unmetered),
    order('OperationDenied.RegionNotSupportHDMonitor', everyRegion),
    order('ResourceNotFound.HdMonitorConfigNotExist', configured),
    order('ResourceNotFound.VSwitch', 'networks are never deleted here'),
    noPermission,
    ...onOrder('SystemBusy', 'Conflict.Lock'),
  ],
  StartListener: [
    ...anyWrite,
    state('IncorrectStatus.listener', 'for a listener that is not Stopped'),
    noPermission,
    ...onOrder('SystemBusy', 'Conflict.Lock'),
  ],
  StopListener: [
    ...anyWrite,
    state('IncorrectStatus.listener', 'for a listener that is not Running'),
    order('ResourceNotFound.loadBalancer', orphan),
    noPermission,
    ...onOrder('SystemBusy', 'Conflict.Lock'),
  ],
  DeleteListener: [
    ...anyWrite,
    state('IncorrectStatus.listener', busyListener),
    order('ResourceNotFound.loadBalancer', orphan),
    noPermission,
    ...onOrder('SystemBusy', 'Conflict.Lock'),
  ],
};

function state(code: NlbCode, when: string): DocumentedError {
  return { code, ...wordingOf(code), arises: 'state', when };
}

function order(code: NlbCode, when: string): DocumentedError {
  return { code, ...wordingOf(code), arises: 'order', when };
}

function onOrder(...codes: readonly (keyof typeof byReason)[]): readonly DocumentedError[] {
  return codes.map((code) => order(code, byReason[code]));
}
