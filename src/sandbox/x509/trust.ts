import {
  type Authority,
  createIntermediate,
  createRoot,
  issueLeaf,
  type KeyType,
  type LeafRequest,
} from './authority.ts';

/**
 * Who signs a certificate: `main` and `other` chain to the root that clients trust (as two issuers), `untrusted` to one
 * they do not know, `self` is signed by its own key.
 */
export const issuers = ['main', 'other', 'untrusted', 'self'] as const;
export type Issuer = (typeof issuers)[number];

interface IssueOptions extends Omit<LeafRequest, 'use'> {
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
}

const day = 24 * 3_600_000;

export async function createTrust(now: number): Promise<Trust> {
  const [root, untrusted, clientCa] = await Promise.all([
    createRoot('CN=Sandbox Root CA, O=newleaf sandbox, C=CN', now),
    createRoot('CN=Unknown Root CA, O=Nobody, C=CN', now),
    createRoot('CN=Sandbox Client CA, O=newleaf sandbox, C=CN', now),
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
      const leaf = await issueLeaf(signer, { ...options, use: 'server' });
      const above = options.chain === 'full' ? (signer?.intermediates ?? []) : [];
      return { chain: [leaf.pem, ...above], keyPem: leaf.keyPem };
    },
    issueClient: async (name) => {
      const leaf = await issueLeaf(clientCa, {
        names: [name],
        notBefore: new Date(now - day),
        notAfter: new Date(now + 365 * day),
        keyType: 'ecdsa',
        use: 'client',
      });
      return { chain: [leaf.pem], keyPem: leaf.keyPem };
    },
  };
}

function intermediateName(issuer: 'main' | 'other' | 'untrusted', keyType: KeyType): string {
  const brand = { main: 'Sandbox', other: 'Second', untrusted: 'Unknown' }[issuer];
  return `CN=${brand} TLS ${keyType === 'rsa' ? 'RSA' : 'ECC'} CA G1, O=newleaf sandbox, C=CN`;
}
