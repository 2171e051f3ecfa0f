import { stringify } from 'yaml';
import { type Config, toFileForm } from './schema.ts';

/** The configuration in force as YAML: defaults filled in, durations as text, secrets as `[secret]`. */
export function showConfig(config: Config): string {
  return stringify(toFileForm(config), { lineWidth: 0 });
}
