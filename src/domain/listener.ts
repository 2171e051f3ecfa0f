import type { CertificateId } from './certificate.ts';

export type Product = 'nlb' | 'alb';

/** The full name of one TLS listener. */
export interface ListenerRef {
  readonly account: string;
  readonly region: string;
  readonly product: Product;
  readonly loadBalancerId: string;
  /** Opaque; on NLB it looks like `lsn-…@443`. */
  readonly listenerId: string;
}

/** Where a certificate sits on a listener. */
export type Slot = 'default' | 'additional' | 'ca';

export type Network = 'public' | 'private' | 'ipv6';

/** One address and port of a listener. `active` is false for a zone that left DNS but may still answer. */
export interface Endpoint {
  readonly zone: string;
  readonly address: string;
  readonly port: number;
  readonly network: Network;
  readonly vpcId: string | null;
  readonly active: boolean;
}

/** Who manages the listener's certificates. Only `cloud` listeners are ours to change through the cloud's API. */
export type Owner =
  | { readonly kind: 'cloud' }
  | {
      readonly kind: 'kubernetes';
      readonly cluster: string | null;
      readonly service: string | null;
    }
  | { readonly kind: 'tag'; readonly tag: string };

export interface BoundCertificate {
  readonly slot: Slot;
  readonly id: CertificateId;
  readonly state: 'bound' | 'binding' | 'unbinding';
}

/** One fresh reading of a listener: everything a rotation must compare, and what people need to recognise it. */
export interface ListenerState {
  readonly ref: ListenerRef;
  /** Opaque mark of every setting that a rotation must not change: equal marks, equal settings. Certificates are not in it. */
  readonly version: string;
  readonly status: 'running' | 'changing' | 'stopped' | 'gone';
  readonly owner: Owner;
  readonly bound: readonly BoundCertificate[];
  /** Whether clients must present a certificate (NLB: `CaEnabled`). Sent back as recorded on every write. */
  readonly clientAuth: boolean;
  readonly tlsPolicy: string;
  /** What a custom policy allows, as the cloud names it, e.g. `TLSv1.0`. Left out for the system's, and when nobody told. */
  readonly tlsVersions?: readonly string[] | undefined;
  readonly alpn: readonly string[];
  readonly endpoints: readonly Endpoint[];
  readonly port: number;
  readonly description: string;
  readonly loadBalancerName: string;
  readonly vpcId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A listener's key in stores, metrics and alerts. Its parts never hold a `/`. */
export function listenerKey(ref: ListenerRef): string {
  return [ref.account, ref.region, ref.product, ref.loadBalancerId, ref.listenerId].join('/');
}

/** The listener of such a key; null when it is none. */
export function refOfKey(key: string): ListenerRef | null {
  const [account, region, product, loadBalancerId, listenerId, ...rest] = key.split('/');
  if (account === undefined || region === undefined || loadBalancerId === undefined) return null;
  if (listenerId === undefined || rest.length > 0) return null;
  if (product !== 'nlb' && product !== 'alb') return null;
  return { account, region, product, loadBalancerId, listenerId };
}

/** The certificates in one slot, in the order of their ids so that two readings compare. */
export function idsIn(state: Pick<ListenerState, 'bound'>, slot: Slot): readonly CertificateId[] {
  return state.bound
    .filter((row) => row.slot === slot)
    .map((row) => row.id)
    .toSorted();
}
