import type { SecureVersion } from 'node:tls';
import { z } from 'zod';
import { type Operation, operation } from '../http/operation.ts';
import { integer, list, tagFilter, text } from '../http/parameters.ts';

export interface SystemPolicy {
  readonly id: string;
  readonly oldest: SecureVersion;
  readonly newest: SecureVersion;
  /** As the API prints them. */
  readonly ciphers: readonly string[];
}

const forwardSecret = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
];
const plainRsa = [
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA256',
  'AES256-SHA256',
  'AES128-SHA',
  'AES256-SHA',
];
const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

const compatible = [...forwardSecret, ...plainRsa];

const systemPolicies: readonly SystemPolicy[] = [
  { id: 'tls_cipher_policy_1_0', oldest: 'TLSv1', newest: 'TLSv1.2', ciphers: compatible },
  { id: 'tls_cipher_policy_1_1', oldest: 'TLSv1.1', newest: 'TLSv1.2', ciphers: compatible },
  { id: 'tls_cipher_policy_1_2', oldest: 'TLSv1.2', newest: 'TLSv1.2', ciphers: compatible },
  {
    id: 'tls_cipher_policy_1_2_strict',
    oldest: 'TLSv1.2',
    newest: 'TLSv1.2',
    ciphers: forwardSecret,
  },
  {
    id: 'tls_cipher_policy_1_2_strict_with_1_3',
    oldest: 'TLSv1.2',
    newest: 'TLSv1.3',
    ciphers: [...tls13, ...forwardSecret],
  },
];

const weakest = systemPolicies[0];

export function isSystemPolicy(id: string): boolean {
  return systemPolicies.some((policy) => policy.id === id);
}

/** The policy of that id, or the documented default. */
export function systemPolicy(id: string): SystemPolicy {
  const found = systemPolicies.find((policy) => policy.id === id) ?? weakest;
  if (found === undefined) throw new Error(`no policy ${id}`);
  return found;
}

const versions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

function printedVersions(policy: SystemPolicy): string {
  const range = versions.slice(
    versions.indexOf(policy.oldest),
    versions.indexOf(policy.newest) + 1,
  );
  return range.map((version) => (version === 'TLSv1' ? 'TLSv1.0' : version)).join(',');
}

const listSystemSecurityPolicy = operation(
  'ListSystemSecurityPolicy',
  z.object({ RegionId: text().optional() }),
  () => ({
    SecurityPolicies: systemPolicies.map((policy) => ({
      SecurityPolicyId: policy.id,
      SecurityPolicyName: policy.id,
      TlsVersion: printedVersions(policy),
      Ciphers: policy.ciphers.join(','),
    })),
  }),
);

/** Custom policies cannot be made here, so there are none to list. */
const listSecurityPolicy = operation(
  'ListSecurityPolicy',
  z.object({
    RegionId: text().optional(),
    SecurityPolicyIds: list(20).optional(),
    SecurityPolicyNames: list(20).optional(),
    Tag: tagFilter().optional(),
    ResourceGroupId: text().optional(),
    NextToken: text().optional(),
    MaxResults: integer(1, 100).optional(),
  }),
  (params) => ({ SecurityPolicies: [], MaxResults: params.MaxResults ?? 20, TotalCount: 0 }),
);

export const nlbPolicies: readonly Operation[] = [listSystemSecurityPolicy, listSecurityPolicy];
