export const seedNames = ['small', 'demo'] as const;
export type SeedName = (typeof seedNames)[number];

type KeepsOrResets = 'keeps' | 'resets';

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
  /** How long after a job a zone serves what it bound: one value for all zones, or by zone id. */
  readonly propagationMillis?: number | Readonly<Record<string, number>>;
  /** The sandbox's clock minus the machine's. */
  readonly clockOffsetMillis?: number;
  /** Bind 127.0.0.1 only and tell in `dial` where each zone address really is. */
  readonly loopbackOnly?: boolean;
  /** What an UpdateListenerAttribute without CaEnabled does; the documentation does not say. */
  readonly caEnabledOmitted?: KeepsOrResets;
}

export interface Settings {
  readonly seed: SeedName;
  readonly jobMillis: number;
  readonly propagationMillis: (zone: string) => number;
  readonly loopbackOnly: boolean;
  readonly caEnabledOmitted: KeepsOrResets;
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
  };
}

function propagation(chosen: SandboxOptions['propagationMillis'], zone: string): number {
  if (chosen === undefined) return defaultPropagationMillis;
  if (typeof chosen === 'number') return chosen;
  return chosen[zone] ?? defaultPropagationMillis;
}
