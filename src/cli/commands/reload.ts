import type { Settings } from '../../build-usecases.ts';
import type { Config } from '../../config/schema.ts';
import type { Reloaded } from '../../diary.ts';
import { Secret } from '../../config/secret.ts';
import type { Log } from '../../ports/log.ts';

/** What is opened once, at the start. Everything else is looked up each time it is needed. */
const openedAtStart = [
  'accounts',
  'cloud',
  'store',
  'dataDir',
  'schedule',
  'probe',
  'clientIdentities',
  'sinks',
  'heartbeat',
  'http',
] as const satisfies readonly (keyof Config)[];

/** Takes the rules of a configuration that can be read; keeps the earlier ones otherwise. Never throws. */
export function reload(settings: Settings, read: () => Config, log: Log): Reloaded {
  const before = settings.current;
  try {
    settings.current = read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ reason }, 'configuration not read again: the earlier one stays in force');
    return { kind: 'kept' };
  }
  log.info({}, 'configuration read again: rules, windows and routes are in force');
  const keys: string[] = openedAtStart.filter(
    (key) => told(before[key]) !== told(settings.current[key]),
  );
  // The sinks hold it; the rest of its section is looked up.
  if (before.alerts.runbook !== settings.current.alerts.runbook) keys.push('alerts.runbook');
  if (keys.length > 0) log.warn({ keys }, 'these settings have changed and need a restart');
  return { kind: 'taken', changed: changedIn(before, settings.current) };
}

function changedIn(before: Config, now: Config): readonly string[] {
  const sections = new Map<string, unknown>(Object.entries(before));
  return Object.entries(now).flatMap(([key, section]) =>
    told(sections.get(key)) === told(section) ? [] : [key],
  );
}

/** The section as one text, to compare and never to show: secrets are in it. */
function told(section: unknown): string {
  return JSON.stringify(section, function (this: object, key: string, value: unknown) {
    const original: unknown = Reflect.get(this, key);
    return original instanceof Secret ? original.reveal() : value;
  });
}
