import {
  type Authority,
  createIntermediate,
  createRoot,
  issueLeaf,
  type LeafRequest,
} from './authority.ts';
import type { DistinguishedName } from './certificate.ts';
import { type Keys, type KeyType, newKeys, sharedKeys } from './keys.ts';

/**
 * Who signs a certificate: `main` and `other` chain to the root that clients trust (as two issuers), `untrusted` to one
 * they do not know, `self` is signed by its own key.
 */
export const issuers = ['main', 'other', 'untrusted', 'self'] as const;
export type Issuer = (typeof issuers)[number];

interface IssueOptions extends Omit<LeafRequest, 'use'> {
  readonly keyType: KeyType;
  /** With a key that other certificates of this process may have too. RSA keys always are: they take long to make. */
  readonly sharedKey?: boolean;
  readonly issuer: Issuer;
  /** `leaf-only` leaves out the intermediates, as a careless upload does. */
  readonly chain: 'full' | 'leaf-only';
}

interface Issued {
  /** Leaf first. */
  readonly chain: readonly string[];
  readonly keyPem: string;
}

/** Every authority of one sandbox. Made once; a reset keeps it, so that a root file handed out stays right. */
export interface Trust {
  readonly rootPem: string;
  /** Signs client certificates; listeners with client authentication hold it in their CA slot. */
  readonly clientCaPem: string;
  issue(options: IssueOptions): Promise<Issued>;
  issueClient(name: string): Promise<Issued>;
  /** Who signs as `main`: for a certificate whose key its owner keeps. */
  authorityFor(keyType: KeyType): Promise<Authority>;
}

const day = 24 * 3_600_000;

export async function createTrust(now: number): Promise<Trust> {
  const [root, untrusted, clientCa] = await Promise.all([
    createRoot(nameOf('Sandbox Root CA'), now),
    createRoot({ ...nameOf('Unknown Root CA'), organization: 'Nobody' }, now),
    createRoot(nameOf('Sandbox Client CA'), now),
  ]);
  const authorities = new Map<string, Promise<Authority>>();

  function authority(issuer: 'main' | 'other' | 'untrusted', keyType: KeyType): Promise<Authority> {
    const key = `${issuer} ${keyType}`;
    const known = authorities.get(key);
    if (known !== undefined) return known;
    const above = issuer === 'untrusted' ? untrusted : root;
    const made = createIntermediate(above, intermediateName(issuer, keyType), keyType, now);
    authorities.set(key, made);
    return made;
  }

  return {
    rootPem: root.pem,
    clientCaPem: clientCa.pem,
    issue: async (options) => {
      const signer =
        options.issuer === 'self' ? null : await authority(options.issuer, options.keyType);
      const keys = await keysFor(options);
      const leaf = await issueLeaf(signer, { ...options, use: 'server' }, keys);
      const above = options.chain === 'full' ? (signer?.intermediates ?? []) : [];
      return { chain: [leaf, ...above], keyPem: keys.privatePem };
    },
    issueClient: async (name) => {
      const [notBefore, notAfter] = [new Date(now - day), new Date(now + 365 * day)];
      const keys = await newKeys('ecdsa');
      const request = { names: [name], notBefore, notAfter, use: 'client' } as const;
      return { chain: [await issueLeaf(clientCa, request, keys)], keyPem: keys.privatePem };
    },
    authorityFor: async (keyType) => authority('main', keyType),
  };
}

function keysFor({ keyType, sharedKey = false }: IssueOptions): Promise<Keys> {
  return sharedKey || keyType === 'rsa' ? sharedKeys(keyType) : newKeys(keyType);
}

function intermediateName(
  issuer: 'main' | 'other' | 'untrusted',
  keyType: KeyType,
): DistinguishedName {
  const brand = { main: 'Sandbox', other: 'Second', untrusted: 'Unknown' }[issuer];
  return nameOf(`${brand} TLS ${keyType === 'rsa' ? 'RSA' : 'ECC'} CA G1`);
}

function nameOf(commonName: string): DistinguishedName {
  return { commonName, organization: 'newleaf sandbox', country: 'CN' };
}
