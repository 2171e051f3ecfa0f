import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import type { Call } from '../http/operation.ts';
import { flag, integer, list, text } from '../http/parameters.ts';
import { alpnPolicies, type Listener, type Protocol, type ProxyProtocolV2 } from './model.ts';
import { refused } from './refusals.ts';
import { requireCaCertificates, requireCertificates } from './require.ts';
import { isTlsPolicy } from './tls-policies.ts';

const proxyFlags = z.object({
  Ppv2VpcIdEnabled: z.boolean().optional(),
  Ppv2PrivateLinkEpIdEnabled: z.boolean().optional(),
  Ppv2PrivateLinkEpsIdEnabled: z.boolean().optional(),
});

/**
 * What a listener can be created or updated with. The documentation allows ten certificate ids and the server exactly one:
 * the table holds the first, `checkTls` the second.
 */
export const settingParameters = {
  ListenerDescription: text()
    .regex(/^[\w.,;/@-]{2,256}$/)
    .optional(),
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
};

const settings = z.object(settingParameters);
export type Settings = z.output<typeof settings>;

/** A listener before anything is chosen; `idleTimeout` depends on the protocol. */
export function defaultSettings(protocol: Protocol) {
  return {
    description: '',
    idleTimeout: longestIdle(protocol),
    cps: 0,
    mss: 0,
    secSensorEnabled: false,
    proxyProtocolEnabled: false,
    proxyProtocolV2: { vpcId: false, privateLinkEndpointId: false, privateLinkServiceId: false },
    securityPolicyId: 'tls_cipher_policy_1_0',
    alpnEnabled: false,
    alpnPolicy: null,
    certificateId: null,
    caCertificateId: null,
    caEnabled: false,
  } as const;
}

type Settable = keyof ReturnType<typeof defaultSettings>;

/** The settings of a listener once those named are taken over. What is about TLS only has no effect on other listeners. */
export function withSettings(
  params: Settings,
  now: Pick<Listener, Settable | 'protocol'>,
): Partial<Listener> {
  return {
    description: params.ListenerDescription ?? now.description,
    idleTimeout: params.IdleTimeout ?? now.idleTimeout,
    cps: params.Cps ?? now.cps,
    mss: params.Mss ?? now.mss,
    secSensorEnabled: params.SecSensorEnabled ?? now.secSensorEnabled,
    proxyProtocolEnabled: params.ProxyProtocolEnabled ?? now.proxyProtocolEnabled,
    proxyProtocolV2: proxyProtocol(params, now.proxyProtocolV2),
    ...(now.protocol === 'TCPSSL' ? tlsSettings(params, now) : {}),
  };
}

function tlsSettings(params: Settings, now: Pick<Listener, Settable>): Partial<Listener> {
  return {
    securityPolicyId: params.SecurityPolicyId ?? now.securityPolicyId,
    alpnEnabled: params.AlpnEnabled ?? now.alpnEnabled,
    alpnPolicy: params.AlpnPolicy ?? now.alpnPolicy,
    certificateId: params.CertificateIds?.[0] ?? now.certificateId,
    caCertificateId: params.CaCertificateIds?.[0] ?? now.caCertificateId,
    caEnabled: params.CaEnabled ?? now.caEnabled,
  };
}

function proxyProtocol(params: Settings, now: ProxyProtocolV2): ProxyProtocolV2 {
  const wanted = params.ProxyProtocolV2Config;
  return {
    vpcId: wanted?.Ppv2VpcIdEnabled ?? now.vpcId,
    privateLinkEndpointId: wanted?.Ppv2PrivateLinkEpIdEnabled ?? now.privateLinkEndpointId,
    privateLinkServiceId: wanted?.Ppv2PrivateLinkEpsIdEnabled ?? now.privateLinkServiceId,
  };
}

/** The documented range; the published metadata allows up to 3600 and gives way. */
export function checkIdleTimeout({ IdleTimeout }: Settings, protocol: Protocol): void {
  if (IdleTimeout !== undefined && IdleTimeout > longestIdle(protocol)) {
    throw refused('IllegalParam.IdleTimeout');
  }
}

/** Seconds; also the default. */
function longestIdle(protocol: Protocol): number {
  return protocol === 'UDP' ? 20 : 900;
}

/** Whether the certificates named are one each and known, and the policy is one of this region. */
export function checkTls(params: Settings, call: Call): void {
  const { CertificateIds: ids, CaCertificateIds: caIds, SecurityPolicyId: policy } = params;
  if ((ids !== undefined && ids.length !== 1) || (caIds !== undefined && caIds.length !== 1)) {
    throw refused('IllegalParamSize.certificateIds');
  }
  requireCertificates(ids ?? [], call);
  requireCaCertificates(caIds ?? [], call);
  if (policy !== undefined && !isTlsPolicy(policy)) {
    throw refused('ResourceNotFound.securitypolicy');
  }
}

/** A parameter that another one calls for, neither named nor set before; null when there is none. */
export function lackingTls(
  params: Settings,
  now: Pick<Listener, Settable>,
): 'CaCertificateIds' | 'AlpnPolicy' | null {
  const next = { ...now, ...tlsSettings(params, now) };
  if (next.caEnabled && next.caCertificateId === null) return 'CaCertificateIds';
  return next.alpnEnabled && next.alpnPolicy === null ? 'AlpnPolicy' : null;
}

/** A value out of its range, as the table of parameters words it. */
export function illegal(name: string): ApiError {
  return new ApiError(`IllegalParam.${name}`, `The param of ${name} is illegal.`);
}

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
}
