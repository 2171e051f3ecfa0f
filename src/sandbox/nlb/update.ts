import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Call, operation } from '../http/operation.ts';
import { flag, integer, list, text } from '../http/parameters.ts';
import { alpnPolicies, type Listener, type ProxyProtocolV2 } from './model.ts';
import { requireCaCertificates, requireCertificates } from './require.ts';
import { isSystemPolicy } from './system-policies.ts';
import { type ListenerEdit, writeListener, writeParameters } from './write.ts';

const proxyFlags = z.object({
  Ppv2VpcIdEnabled: z.boolean().optional(),
  Ppv2PrivateLinkEpIdEnabled: z.boolean().optional(),
  Ppv2PrivateLinkEpsIdEnabled: z.boolean().optional(),
});

/** The documentation allows ten ids and the server exactly one: the table holds the first, the check below the second. */
const parameters = z.object({
  ...writeParameters,
  ListenerDescription: text({ min: 2, max: 256 })
    .regex(/^[\w.,;/@-]+$/)
    .optional(),
  ServerGroupId: text().optional(),
  SecurityPolicyId: text().optional(),
  CertificateIds: list(10).optional(),
  CaCertificateIds: list(10).optional(),
  CaEnabled: flag().optional(),
  IdleTimeout: integer(10, 900).optional(),
  ProxyProtocolEnabled: flag().optional(),
  SecSensorEnabled: flag().optional(),
  AlpnEnabled: flag().optional(),
  AlpnPolicy: z.enum(alpnPolicies).optional(),
  Cps: integer(0, 1_000_000).optional(),
  Mss: integer(0, 1500).optional(),
  ProxyProtocolV2Config: z.string().transform(parseJson).pipe(proxyFlags).optional(),
});

type Parameters = z.output<typeof parameters>;

export const updateListenerAttribute = operation(
  'UpdateListenerAttribute',
  parameters,
  (params, call) => writeListener(params, call, (listener) => editOf(params, listener, call)),
);

function editOf(params: Parameters, listener: Listener, call: Call): ListenerEdit {
  checkTls(params, listener);
  checkCertificates(params, listener, call);
  checkSettings(params, listener);
  const resets = call.world.settings.caEnabledOmitted === 'resets';
  return {
    during: (now) => now,
    done: (now) => ({
      ...now,
      ...plainSettings(params, now),
      ...tlsSettings(params, now),
      caEnabled: params.CaEnabled ?? (resets ? false : now.caEnabled),
    }),
    undo: (now) => now,
    meanwhile: 'Configuring',
    afterwards: listener.status,
  };
}

function plainSettings(params: Parameters, now: Listener): Partial<Listener> {
  return {
    description: params.ListenerDescription ?? now.description,
    serverGroupId: params.ServerGroupId ?? now.serverGroupId,
    idleTimeout: params.IdleTimeout ?? now.idleTimeout,
    cps: params.Cps ?? now.cps,
    mss: params.Mss ?? now.mss,
    secSensorEnabled: params.SecSensorEnabled ?? now.secSensorEnabled,
    proxyProtocolEnabled: params.ProxyProtocolEnabled ?? now.proxyProtocolEnabled,
    proxyProtocolV2: proxyProtocol(params, now.proxyProtocolV2),
  };
}

function tlsSettings(params: Parameters, now: Listener): Partial<Listener> {
  return {
    securityPolicyId: params.SecurityPolicyId ?? now.securityPolicyId,
    alpnEnabled: params.AlpnEnabled ?? now.alpnEnabled,
    alpnPolicy: params.AlpnPolicy ?? now.alpnPolicy,
    certificateId: params.CertificateIds?.[0] ?? now.certificateId,
    caCertificateId: params.CaCertificateIds?.[0] ?? now.caCertificateId,
  };
}

function proxyProtocol(params: Parameters, now: ProxyProtocolV2): ProxyProtocolV2 {
  const wanted = params.ProxyProtocolV2Config;
  return {
    vpcId: wanted?.Ppv2VpcIdEnabled ?? now.vpcId,
    privateLinkEndpointId: wanted?.Ppv2PrivateLinkEpIdEnabled ?? now.privateLinkEndpointId,
    privateLinkServiceId: wanted?.Ppv2PrivateLinkEpsIdEnabled ?? now.privateLinkServiceId,
  };
}

function checkTls(params: Parameters, listener: Listener): void {
  const named = [
    params.CertificateIds,
    params.CaCertificateIds,
    params.CaEnabled,
    params.AlpnEnabled,
  ];
  if (listener.protocol === 'TCPSSL' || named.every((value) => value === undefined)) return;
  throw new ApiError('IllegalParam', 'The param of certificate is illegal for this protocol.');
}

function checkCertificates(params: Parameters, listener: Listener, call: Call): void {
  const { CertificateIds: ids, CaCertificateIds: caIds } = params;
  if ((ids !== undefined && ids.length !== 1) || (caIds !== undefined && caIds.length !== 1)) {
    throw new ApiError(
      'IllegalParamSize.certificateIds',
      'The param size of certificateIds or  caCertificateIds is illegal.',
    );
  }
  requireCertificates(ids ?? [], call);
  requireCaCertificates(caIds ?? [], call);
  const taken = [listener.certificateId, ...listener.additional.map((row) => row.certificateId)];
  if (ids?.some((id) => taken.includes(id)) === true) {
    throw new ApiError(
      'ResourceAlreadyAssociated.Certificate',
      'The specified resource of certificate is already associated.',
    );
  }
}

function checkSettings(params: Parameters, listener: Listener): void {
  const caEnabled = params.CaEnabled ?? listener.caEnabled;
  const ca = params.CaCertificateIds?.[0] ?? listener.caCertificateId;
  if (caEnabled && ca === null) {
    throw new ApiError('IllegalParam', 'The param of caCertificateIds is illegal.');
  }
  if (params.AlpnEnabled === true && (params.AlpnPolicy ?? listener.alpnPolicy) === null) {
    throw new ApiError('IllegalParam', 'The param of alpnPolicy is illegal.');
  }
  checkPolicy(params);
}

function checkPolicy(params: Parameters): void {
  if (params.SecurityPolicyId !== undefined && !isSystemPolicy(params.SecurityPolicyId)) {
    throw new ApiError(
      'ResourceNotFound.securitypolicy',
      'The specified resource of securitypolicy is not found.',
      {
        status: 404,
      },
    );
  }
}

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
}
