export const seedNames = ['small', 'demo', 'large'] as const;
export type SeedName = (typeof seedNames)[number];

type KeepsOrResets = 'keeps' | 'resets';
type RateLimits = 'documented' | 'off';
export type Overlap = 'oldest' | 'newest';
type JobStatusCase = 'capital' | 'lower';

/** What a caller may choose. Everything left out has a default that suits quick local work. */
export interface SandboxOptions {
  readonly seed: SeedName;
  /** Where the root certificate and the client identity are written; a fresh temporary folder when left out. */
  readonly dir?: string;
  /** Fixed ports by `<product>/<region>`, for example `nlb/cn-hangzhou`; every other endpoint takes a free one. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Port of the control server; 0, the default, takes a free one. */
  readonly controlPort?: number;
  /** How long an asynchronous job takes. */
  readonly jobMillis?: number;
  /** How long after a job a zone serves what it bound: one value for all zones, or by zone id, `*` for the others. */
  readonly propagationMillis?: number | Readonly<Record<string, number>>;
  /** The sandbox's clock minus the machine's. */
  readonly clockOffsetMillis?: number;
  /** Bind 127.0.0.1 only and tell in `dial` where each zone address really is. */
  readonly loopbackOnly?: boolean;
  /** What an UpdateListenerAttribute without CaEnabled does; the documentation does not say. */
  readonly caEnabledOmitted?: KeepsOrResets;
  /** Whether each action has the rate limit the documentation gives it. */
  readonly rateLimits?: RateLimits;
  /** How long after a write the reads of the load balancing API still show what was before. */
  readonly readLagMillis?: number;
  /** Which of two certificates that answer a name equally well is served: the first or the last bound. Not documented. */
  readonly overlap?: Overlap;
  /** How GetJobStatus spells what goes on: `Processing`, or `processing` as one translation of the documentation has it. */
  readonly jobStatusCase?: JobStatusCase;
  /** Every address has a second node, which takes over this much later than the first; connections alternate. */
  readonly secondNodeMillis?: number;
}

export interface Settings {
  readonly seed: SeedName;
  readonly jobMillis: number;
  readonly propagationMillis: (zone: string) => number;
  readonly loopbackOnly: boolean;
  readonly caEnabledOmitted: KeepsOrResets;
  readonly rateLimits: RateLimits;
  readonly readLagMillis: number;
  readonly overlap: Overlap;
  readonly jobStatusCase: JobStatusCase;
  /** Null when every address has one node. */
  readonly secondNodeMillis: number | null;
}

const defaultJobMillis = 300;
const defaultPropagationMillis = 100;

export function settingsFrom(options: SandboxOptions): Settings {
  return {
    seed: options.seed,
    jobMillis: options.jobMillis ?? defaultJobMillis,
    propagationMillis: (zone) => propagation(options.propagationMillis, zone),
    loopbackOnly: options.loopbackOnly ?? false,
    caEnabledOmitted: options.caEnabledOmitted ?? 'keeps',
    rateLimits: options.rateLimits ?? 'documented',
    readLagMillis: options.readLagMillis ?? 0,
    overlap: options.overlap ?? 'oldest',
    jobStatusCase: options.jobStatusCase ?? 'capital',
    secondNodeMillis: options.secondNodeMillis ?? null,
  };
}

function propagation(chosen: SandboxOptions['propagationMillis'], zone: string): number {
  if (chosen === undefined) return defaultPropagationMillis;
  if (typeof chosen === 'number') return chosen;
  return chosen[zone] ?? chosen['*'] ?? defaultPropagationMillis;
}
