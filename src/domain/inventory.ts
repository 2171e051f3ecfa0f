import type { Certificate } from './certificate.ts';
import type { ListenerRef, ListenerState } from './listener.ts';
import type { KeyOffer, Observation } from './observation.ts';

/** Something a scan could not read. Everything under it is carried forward, never forgotten. */
export interface Missing {
  readonly account: string;
  /** A region, or the store site for certificates. */
  readonly region: string;
  /** The cloud's action, e.g. `ListListeners`. */
  readonly action: string;
  /** The cloud's own code where it gave one, else ours. */
  readonly code: string;
  /** Set when one listener could not be read; null means the whole region or site, or one load balancer. */
  readonly listener: ListenerRef | null;
  /** Set when one load balancer could not be read: everything on it is hidden, nothing else is. */
  readonly loadBalancerId?: string | undefined;
  /** What `region` names: a region of load balancers (also when left out), or a store site. */
  readonly part?: 'listeners' | 'certificates' | undefined;
}

/** Stands for the region in a scope or in `missing` when the account's list of regions itself is meant. */
export const everyRegion = 'all';

/** What one endpoint served for one name and kind of client at the last look. */
export interface ServedAt {
  readonly zone: string;
  readonly address: string;
  readonly port: number;
  readonly serverName: string | null;
  /** The kind of server key that the client took; `any` is what an ordinary client does. */
  readonly keyType: KeyOffer;
  readonly observation: Observation;
  /** When this endpoint last answered with a leaf; null when it never did. */
  readonly lastServedAt: Date | null;
  /** A second look, a pause later in the same scan, showed the same. Looks as expected are not repeated: false. */
  readonly confirmed: boolean;
}

export interface KnownListener {
  readonly state: ListenerState;
  readonly seenAt: Date;
  /** Complete reads of the parent that no longer showed it; two make it gone. */
  readonly absences: number;
  readonly served: readonly ServedAt[];
}

export interface KnownCertificate {
  readonly account: string;
  readonly certificate: Certificate;
  readonly seenAt: Date;
  /** Complete listings of its site without it. It stays known while it is bound or served, however high this gets. */
  readonly absences: number;
}

/** One account that the operator has newleaf watch. */
export interface ConfiguredAccount {
  readonly account: string;
  /** Null means all that the account can use. */
  readonly regions: readonly string[] | null;
}

/**
 * What one scan saw. `scope` names what it tried, so that silence about the rest means nothing; it covers the store sites
 * of its regions. An empty scope is a look at single listeners or certificates.
 */
export interface Snapshot {
  readonly takenAt: Date;
  readonly scope: readonly { readonly account: string; readonly region: string }[];
  /** Everything that the operator configures, tried now or not; left out: not known, and nothing is taken for given up. */
  readonly configured?: readonly ConfiguredAccount[] | undefined;
  readonly listeners: readonly {
    readonly state: ListenerState;
    /** When it was read; left out: `takenAt`. A later look that is already known wins over an earlier one. */
    readonly seenAt?: Date | undefined;
    /** Empty when nothing was probed; endpoints outside the vantage are told as such. */
    readonly served: readonly ServedAt[];
  }[];
  readonly certificates: readonly { readonly account: string; readonly certificate: Certificate }[];
  readonly missing: readonly Missing[];
}

/** Everything known, merged over scans. */
export interface Inventory {
  /** When the last scan ended, whatever it could read; null before the first. */
  readonly takenAt: Date | null;
  readonly listeners: readonly KnownListener[];
  readonly certificates: readonly KnownCertificate[];
  readonly missing: readonly Missing[];
}

export const emptyInventory: Inventory = {
  takenAt: null,
  listeners: [],
  certificates: [],
  missing: [],
};
