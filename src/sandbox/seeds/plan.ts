import type { AlpnPolicy, Tag } from '../nlb/model.ts';
import type { SiteName } from '../cas/site.ts';
import type { KeyType } from '../x509/keys.ts';
import type { Issuer } from '../x509/trust.ts';

/** What a seed puts into a fresh sandbox, as data. Times are milliseconds from the moment of seeding. */
export interface SeedPlan {
  readonly regions: readonly string[];
  readonly certificates: readonly PlannedCertificate[];
  readonly loadBalancers: readonly PlannedLoadBalancer[];
}

export interface PlannedCertificate {
  /** How listeners of the plan refer to it. */
  readonly key: string;
  readonly site: SiteName;
  readonly name: string;
  readonly names: readonly string[];
  readonly startsIn: number;
  readonly endsIn: number;
  readonly origin: 'issued' | 'uploaded';
  readonly keyType: KeyType;
  readonly chain: 'full' | 'leaf-only';
  readonly issuer: Issuer;
}

export interface PlannedLoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  /** `Internet` when left out. */
  readonly addressType?: 'Internet' | 'Intranet';
  /** The main one of the region when left out. */
  readonly vpcId?: string;
  readonly tags: readonly Tag[];
  readonly listeners: readonly PlannedListener[];
}

interface ListenerBase {
  readonly id: string;
  readonly port: number;
  readonly description: string;
  readonly tags: readonly Tag[];
}

export type PlannedListener = ListenerBase &
  (
    | { readonly protocol: 'TCP' | 'UDP' }
    | {
        readonly protocol: 'TCPSSL';
        readonly certificate: string;
        readonly additional: readonly string[];
        /** Clients must bring a certificate of the sandbox's client CA. */
        readonly clientAuth: boolean;
        readonly policy: string;
        readonly alpn: AlpnPolicy | null;
      }
  );

export const hour = 3_600_000;
export const day = 24 * hour;
const minute = 60_000;

/** A certificate of ninety days with this much life left, and a little more so that whole units are not lost at once. */
export function left(life: number): { readonly startsIn: number; readonly endsIn: number } {
  const endsIn = life + (life > 0 ? 5 * minute : 0);
  return { startsIn: endsIn - 90 * day, endsIn };
}

/** A certificate of ninety days issued this long ago. */
export function issued(ago: number): { readonly startsIn: number; readonly endsIn: number } {
  return { startsIn: -ago, endsIn: 90 * day - ago };
}

/** The common case, to be spread and overridden. */
export const plainCertificate = {
  site: 'cn-hangzhou',
  origin: 'issued',
  keyType: 'ecdsa',
  chain: 'full',
  issuer: 'main',
} as const;

/** The common case of a TLS listener. */
export const plainTls = {
  protocol: 'TCPSSL',
  additional: [],
  clientAuth: false,
  policy: 'tls_cipher_policy_1_2_strict_with_1_3',
  alpn: null,
  tags: [],
} as const;
