import type { Certificate, Millis } from '../../src/domain/certificate.ts';
import type {
  Inventory,
  KnownCertificate,
  KnownListener,
  ServedAt,
} from '../../src/domain/inventory.ts';
import type { Endpoint, ListenerRef, ListenerState } from '../../src/domain/listener.ts';
import type {
  FailureReason,
  Observation,
  ServedCertificate,
} from '../../src/domain/observation.ts';
import type { Policy } from '../../src/domain/policy.ts';

type ServedObservation = Extract<Observation, { kind: 'served' }>;
type FailedObservation = Extract<Observation, { kind: 'failed' }>;

/** The instant most tests call now. */
export const today = at('2026-11-22T00:00:00Z');

export function at(iso: string): Date {
  return new Date(iso);
}

export function hours(n: number): Millis {
  return n * 3_600_000;
}

export function days(n: number): Millis {
  return n * hours(24);
}

/** `base` plus a length of time, which may be negative. */
export function after(base: Date, length: Millis): Date {
  return new Date(base.getTime() + length);
}

/** A fingerprint that tests can read: the seed's characters in hex, repeated to 64. */
export function fingerprint(seed: string): string {
  return Buffer.from(seed).toString('hex').padEnd(64, '0').slice(0, 64);
}

/** A publicly issued RSA certificate for `www.example.com`, valid for 200 days, with 90 of them left at `today`. */
export function aCertificate(overrides: Partial<Certificate> = {}): Certificate {
  const id = overrides.id ?? '101-cn-hangzhou';
  return {
    id,
    site: 'cn-hangzhou',
    label: `cert-${id}`,
    fingerprint256: fingerprint(id),
    names: ['www.example.com'],
    keyType: 'rsa',
    keyBits: 2048,
    issuer: 'CN=Test CA',
    selfSigned: false,
    notBefore: after(today, days(-110)),
    notAfter: after(today, days(90)),
    revoked: false,
    ...overrides,
  };
}

/** An active public address in zone a. */
export function anEndpoint(overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    zone: 'cn-hangzhou-a',
    address: '127.0.0.2',
    port: 443,
    network: 'public',
    vpcId: 'vpc-1',
    active: true,
    ...overrides,
  };
}

/** A running listener of the cloud's own, with certificate `101-cn-hangzhou` in its default slot and one endpoint. */
export function aListener(
  overrides: Partial<Omit<ListenerState, 'ref'>> & { readonly ref?: Partial<ListenerRef> } = {},
): ListenerState {
  return {
    version: 'v1',
    status: 'running',
    owner: { kind: 'cloud' },
    bound: [{ slot: 'default', id: '101-cn-hangzhou', state: 'bound' }],
    clientAuth: false,
    tlsPolicy: 'tls_cipher_policy_1_2',
    alpn: [],
    endpoints: [anEndpoint()],
    port: 443,
    description: 'web',
    loadBalancerName: 'edge',
    vpcId: 'vpc-1',
    tags: {},
    ...overrides,
    ref: {
      account: 'main',
      region: 'cn-hangzhou',
      product: 'nlb',
      loadBalancerId: 'nlb-1',
      listenerId: 'lsn-1@443',
      ...overrides.ref,
    },
  };
}

/** A handshake that showed the leaf of `aCertificate()`, trusted. */
export function served(
  overrides: Partial<Omit<ServedObservation, 'leaf' | 'kind'>> & {
    readonly leaf?: Partial<ServedCertificate>;
  } = {},
): ServedObservation {
  const leaf: ServedCertificate = {
    fingerprint256: fingerprint('101-cn-hangzhou'),
    names: ['www.example.com'],
    subject: 'CN=www.example.com',
    issuer: 'CN=Test CA',
    keyType: 'rsa',
    notBefore: after(today, days(-110)),
    notAfter: after(today, days(90)),
    ...overrides.leaf,
  };
  return {
    kind: 'served',
    at: today,
    chain: [leaf.fingerprint256],
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    trust: { verdict: 'trusted' },
    nameCovered: null,
    clientAuth: 'none',
    caNames: null,
    millis: 5,
    ...overrides,
    leaf,
  };
}

/** A handshake that showed no leaf. */
export function failed(reason: FailureReason, seen: Date = today): FailedObservation {
  return { kind: 'failed', at: seen, reason, detail: `probe: ${reason}`, millis: 5 };
}

/** What one endpoint (by default `anEndpoint()`) showed for one name (by default none), twice. */
export function servedAt(overrides: Partial<ServedAt> = {}): ServedAt {
  const { zone, address, port } = anEndpoint();
  const observation = overrides.observation ?? served();
  return {
    zone,
    address,
    port,
    serverName: null,
    keyType: 'any',
    lastServedAt: observation.kind === 'served' ? observation.at : null,
    confirmed: true,
    ...overrides,
    observation,
  };
}

/** The shipped defaults as a policy that matches everything, in mode `auto` at any time. */
export function aPolicy(overrides: Partial<Policy> = {}): Policy {
  return {
    name: 'defaults',
    match: {},
    mode: 'auto',
    thresholds: { info: days(30), warning: days(7), critical: days(1) },
    renewBefore: days(30),
    noReplacementAfter: days(14),
    windows: [],
    emergency: 'rotate',
    emergencyMargin: hours(6),
    maxConcurrent: 3,
    allowIgnoreWindow: false,
    allow: { issuer: false, keyType: false, age: false },
    minimumGain: days(1),
    canary: null,
    ...overrides,
  };
}

/**
 * An Inventory taken at `today`. Plain listener states and certificates are taken as just seen, the certificates in
 * account `main`; a KnownListener or KnownCertificate is kept as it is.
 */
export function anInventory(
  parts: {
    readonly listeners?: readonly (ListenerState | KnownListener)[];
    readonly certificates?: readonly (Certificate | KnownCertificate)[];
  } & Partial<Pick<Inventory, 'takenAt' | 'missing'>> = {},
): Inventory {
  const { listeners = [], certificates = [], takenAt = today, missing = [] } = parts;
  return {
    takenAt,
    listeners: listeners.map((entry) =>
      'state' in entry ? entry : { state: entry, seenAt: today, absences: 0, served: [] },
    ),
    certificates: certificates.map((entry) =>
      'certificate' in entry
        ? entry
        : { account: 'main', certificate: entry, seenAt: today, absences: 0 },
    ),
    missing,
  };
}
