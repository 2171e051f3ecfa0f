import type { Fingerprint, KeyType } from './certificate.ts';
import type { Endpoint } from './listener.ts';

/** Which kind of server key the client offers to verify; `any` is what an ordinary client does. */
export type KeyOffer = 'any' | 'rsa' | 'ecdsa';

/** Names a configured client identity; the key itself never leaves the adapter. */
interface IdentityRef {
  readonly name: string;
}

/** One handshake to be made. `serverName` is the SNI; null sends none. */
export interface Probe {
  readonly endpoint: Endpoint;
  /** Whose rate the look counts against: connections are billed and limited per load balancer. */
  readonly loadBalancerId: string;
  readonly serverName: string | null;
  readonly keyType: KeyOffer;
  readonly client: IdentityRef | null;
  readonly alpn: readonly string[];
  /** A proof runs against a deadline: it goes before looks of scans, and its rate counts per address. Left out: false. */
  readonly isProof?: boolean | undefined;
  /** Offers nothing newer than TLS 1.2, as that shows more of the handshake. Left out: whatever both sides know. */
  readonly newest?: 'TLSv1.2' | undefined;
}

/** Public facts of a certificate that a server sent. */
export interface ServedCertificate {
  readonly fingerprint256: Fingerprint;
  readonly names: readonly string[];
  readonly subject: string;
  readonly issuer: string;
  readonly keyType: KeyType;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Why no leaf was seen. A closed list: it becomes a metric label and part of alerts. */
export type FailureReason =
  | 'outside-vantage'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'reset'
  | 'not-tls'
  | 'no-common-parameters'
  | 'name-rejected'
  | 'handshake-failed';

/** Whether the server asked for a client certificate, and whether it turned us away as we were. `unknown`: it did not say in time. */
export type ClientAuth = 'none' | 'requested' | 'required' | 'unknown';

export type Trust =
  | { readonly verdict: 'trusted' }
  | {
      readonly verdict: 'untrusted';
      readonly reason:
        | 'expired'
        | 'not-yet-valid'
        | 'self-signed'
        | 'incomplete-chain'
        | 'unknown-issuer'
        | 'other';
      readonly detail: string;
    };

/** What one handshake proved. A refused client certificate still shows the server's leaf: that is `served`. */
export type Observation =
  | {
      readonly kind: 'served';
      readonly at: Date;
      readonly leaf: ServedCertificate;
      /** SHA-256 of every certificate sent, leaf first. */
      readonly chain: readonly Fingerprint[];
      readonly protocol: string;
      readonly cipher: string;
      readonly trust: Trust;
      /** Whether the leaf answers for the server name; null when none was sent. */
      readonly nameCovered: boolean | null;
      readonly clientAuth: ClientAuth;
      /**
       * Distinguished names (RFC 4514) of the CAs that the server says it accepts client certificates of, empty when it says that
       * it names none. Null when it did not ask, or did not say: in TLS 1.3 it need not.
       */
      readonly caNames: readonly string[] | null;
      readonly millis: number;
    }
  | {
      readonly kind: 'failed';
      readonly at: Date;
      readonly reason: FailureReason;
      readonly detail: string;
      readonly millis: number;
    };
