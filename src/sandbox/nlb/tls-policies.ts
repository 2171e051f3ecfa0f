import type { SecureVersion } from 'node:tls';

/** Which versions and ciphers a TCPSSL listener speaks. */
export interface TlsPolicy {
  readonly id: string;
  readonly oldest: SecureVersion;
  readonly newest: SecureVersion;
  /** As the API prints them. */
  readonly ciphers: readonly string[];
}

/** A policy the customer made. */
export interface CustomPolicy extends TlsPolicy {
  readonly name: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
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

const weakest: TlsPolicy = {
  id: 'tls_cipher_policy_1_0',
  oldest: 'TLSv1',
  newest: 'TLSv1.2',
  ciphers: compatible,
};

/** The policies every account has; the first is the default of a new listener. */
export const systemPolicies: readonly TlsPolicy[] = [
  weakest,
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

/** The custom policies, the same in every region. There is no action here that makes more. */
export const customPolicies: readonly CustomPolicy[] = [
  {
    id: 'tls-sandbox13only0001',
    name: 'sandbox-tls13-only',
    oldest: 'TLSv1.3',
    newest: 'TLSv1.3',
    ciphers: tls13,
    tags: [{ key: 'strength', value: 'strict' }],
  },
  {
    id: 'tls-sandboxlegacy001',
    name: 'sandbox-legacy',
    oldest: 'TLSv1',
    newest: 'TLSv1.3',
    ciphers: [...tls13, ...compatible],
    tags: [{ key: 'strength', value: 'legacy' }],
  },
];

const policies = new Map(
  [...systemPolicies, ...customPolicies].map((policy) => [policy.id, policy]),
);

export function isTlsPolicy(id: string): boolean {
  return policies.has(id);
}

/** The policy of that id, system or custom, or the documented default. */
export function tlsPolicy(id: string): TlsPolicy {
  return policies.get(id) ?? weakest;
}

/**
 * The ciphers in the words of the TLS library. Versions before 1.2 need its lowest security level; with the ciphers of 1.3
 * alone it does not take a level.
 */
export function libraryCiphers({ ciphers, oldest }: TlsPolicy): string {
  return [...ciphers, ...(oldest === 'TLSv1.3' ? [] : ['@SECLEVEL=0'])].join(':');
}

const versions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** The versions of a policy as the API prints them, oldest first. */
export function printedVersions(policy: TlsPolicy): string {
  const range = versions.slice(
    versions.indexOf(policy.oldest),
    versions.indexOf(policy.newest) + 1,
  );
  return range.map((version) => (version === 'TLSv1' ? 'TLSv1.0' : version)).join(',');
}
