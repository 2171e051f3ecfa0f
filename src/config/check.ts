import { NewleafError } from '../domain/errors.ts';
import { loadConfig } from './load.ts';
import type { Config } from './schema.ts';

export type ConfigCheck =
  | {
      readonly kind: 'valid';
      readonly config: Config;
      /** What is allowed but probably not meant. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Loads the file and says what is wrong with it, or what an operator may have overlooked. Touches nothing else. */
export function checkConfig(path: string | null): ConfigCheck {
  try {
    const config = loadConfig(path);
    return { kind: 'valid', config, notes: notesOn(config) };
  } catch (error) {
    if (error instanceof NewleafError) {
      return { kind: 'invalid', problems: error.message.split('\n') };
    }
    throw error;
  }
}

function notesOn(config: Config): readonly string[] {
  const { policies, defaults, sinks, heartbeat, store } = config;
  const rotates = [defaults, ...policies].some(({ mode }) => (mode ?? defaults.mode) !== 'observe');
  const shadowing = policies.find(
    ({ match }, index) => Object.keys(match).length === 0 && index < policies.length - 1,
  );
  const notes = [
    Object.values(sinks).every(({ kind }) => kind === 'log') &&
      'sinks: only the log hears of alerts, so no threshold ever counts as announced',
    rotates ? null : 'policies: every listener is only observed; nothing will be rotated',
    rotates &&
      store.url === null &&
      'store: rotations are kept in the embedded store, which does not survive a power loss',
    heartbeat.url === null && 'heartbeat: nobody outside notices when this daemon stops',
    shadowing !== undefined &&
      `policies: ${shadowing.name} matches everything; the policies after it never apply`,
  ];
  return notes.filter((note) => typeof note === 'string');
}
