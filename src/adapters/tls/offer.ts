import { constants, X509Certificate } from 'node:crypto';
import {
  createSecureContext,
  DEFAULT_CIPHERS,
  rootCertificates,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { NewleafError } from '../../domain/errors.ts';
import type { KeyOffer, Probe } from '../../domain/observation.ts';

/** A client identity in PEM. The certificate may carry its intermediates behind it. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly key: string;
}

type Wish = Pick<Probe, 'keyType' | 'client' | 'newest'>;

/** What the client offers in one handshake, or null when no identity of that name is configured. */
export type Offers = (wish: Wish) => SecureContext | null;

/**
 * Prepares what can be offered. Throws `config.invalid` for an identity that cannot be used, before anything is probed.
 * Contexts are shared between handshakes; node:tls resumes a session only when handed one, which we never do.
 */
export function openOffers(
  roots: readonly string[],
  identities: ReadonlyMap<string, ClientIdentity>,
): Offers {
  const named = new Map(
    [...identities].map(([name, identity]) => [name, readIdentity(name, identity)]),
  );
  const contexts = new Map<string, SecureContext>();

  return (wish) => {
    const identity = wish.client === null ? null : named.get(wish.client.name);
    if (identity === undefined) return null;
    const key = `${wish.keyType} ${wish.newest ?? ''} ${wish.client?.name ?? ''}`;
    const context = contexts.get(key) ?? createOffer(wish, identity, roots);
    contexts.set(key, context);
    return context;
  };
}

type KeyKind = Exclude<KeyOffer, 'any'>;

interface UsableIdentity extends ClientIdentity {
  readonly kind: KeyKind;
}

const suites13 = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
];

/** TLS 1.2 servers choose the certificate by cipher suite, TLS 1.3 servers by signature algorithm. */
const ciphers: Readonly<Record<KeyOffer, readonly string[]>> = {
  any: [DEFAULT_CIPHERS],
  rsa: [...suites13, 'kEECDH+aRSA', 'kEDH+aRSA', 'kRSA', '!aNULL', '!eNULL'],
  ecdsa: [...suites13, 'kEECDH+aECDSA', '!aNULL', '!eNULL'],
};

const signatures: Readonly<Record<KeyKind, string>> = {
  rsa:
    'rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:' +
    'rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:' +
    'rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512:RSA+SHA1',
  ecdsa: 'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ECDSA+SHA1',
};

function createOffer(
  { keyType, newest }: Wish,
  identity: UsableIdentity | null,
  roots: readonly string[],
): SecureContext {
  return createSecureContext({
    // Old protocols, small keys and weak digests must be seen to be reported: the verdict is not OpenSSL's to make.
    minVersion: 'TLSv1',
    ciphers: [...ciphers[keyType], '@SECLEVEL=0'].join(':'),
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    // Left out, Node shares one parsed copy of its own roots; named, it parses them for every context.
    ...(roots.length === 0 ? {} : { ca: [...rootCertificates, ...roots] }),
    ...(newest === undefined ? {} : { maxVersion: newest }),
    ...(keyType === 'any' ? {} : restrictTo(keyType, identity)),
    ...(identity === null ? {} : { cert: identity.certificate, key: identity.key }),
  });
}

/**
 * The list of signatures asked for is also the list the client may sign with. An identity of the other kind needs both,
 * and a TLS 1.3 server would then be free to choose; up to TLS 1.2 the cipher suites still decide.
 */
function restrictTo(keyType: KeyKind, identity: UsableIdentity | null): SecureContextOptions {
  if (identity === null || identity.kind === keyType) return { sigalgs: signatures[keyType] };
  return { sigalgs: `${signatures.rsa}:${signatures.ecdsa}`, maxVersion: 'TLSv1.2' };
}

function readIdentity(name: string, identity: ClientIdentity): UsableIdentity {
  try {
    createSecureContext({ cert: identity.certificate, key: identity.key });
    const { publicKey } = new X509Certificate(identity.certificate);
    return { ...identity, kind: publicKey.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa' };
  } catch (cause) {
    throw new NewleafError(
      'config.invalid',
      'the client identity is not a certificate with its key',
      {
        cause,
        fields: { identity: name },
      },
    );
  }
}
