import type { CertificateId, Millis } from '../../domain/certificate.ts';
import type { CaReplacement } from '../../domain/rules.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { Log } from '../../ports/log.ts';
import type { Prober } from '../../ports/prober.ts';
import type { InventoryBook } from '../../ports/state.ts';

export interface ScanDeps {
  readonly accounts: readonly CloudAccount[];
  readonly prober: Prober;
  readonly clock: Clock;
  readonly book: Pick<InventoryBook, 'read' | 'save'>;
  readonly log: Log;
  /** How long to wait before what looks wrong is looked at once more. */
  readonly secondLookAfter: Millis;
  /** The most server names to ask each endpoint of a listener for, beside none. */
  readonly namesPerListener: number;
  /** CA certificates that are to replace others. */
  readonly caReplacements: () => readonly CaReplacement[];
  /** CA certificates that open requests name; left out: nobody takes requests. */
  readonly requestedAuthorities?: (() => Promise<readonly CertificateId[]>) | undefined;
}

/** What is going on, for somebody who watches. `total` counts listeners. */
export type ScanEvent =
  | { readonly kind: 'region-started'; readonly account: string; readonly region: string }
  | {
      readonly kind: 'listeners-found';
      readonly account: string;
      readonly region: string;
      readonly listeners: number;
      readonly missing: number;
    }
  /** `atLeast`: how long the rate of a load balancer makes it last; null when no rate is set. */
  | {
      readonly kind: 'probing-starts';
      readonly looks: number;
      readonly loadBalancers: number;
      readonly atLeast: Millis | null;
    }
  | { readonly kind: 'probing'; readonly done: number; readonly total: number }
  | { readonly kind: 'second-look'; readonly listeners: number; readonly pause: Millis }
  | { readonly kind: 'done'; readonly listeners: number; readonly missing: number };

export interface ScanRequest {
  /** Names of accounts; left out: all. */
  readonly accounts?: readonly string[] | undefined;
  /** Regions, within those an account is configured for; left out: all of them. */
  readonly regions?: readonly string[] | undefined;
  readonly probe: boolean;
  readonly onProgress?: ((event: ScanEvent) => void) | undefined;
}
