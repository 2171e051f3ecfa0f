import { z } from 'zod';
import * as alerts from './schema/alerts.ts';
import * as cloud from './schema/cloud.ts';
import { section } from './schema/leaves.ts';
import * as proof from './schema/proof.ts';
import * as rules from './schema/rules.ts';
import { references } from './schema/secrets.ts';
import * as service from './schema/service.ts';
import { sinks } from './schema/sinks.ts';
import type { SecretSources } from './secret.ts';

/**
 * The whole configuration. Each key has a default or is required; config/default.yaml says the same with comments. Without
 * sources its secrets are empty.
 */
export function configShape(sources: SecretSources | null) {
  const refs = references(sources);
  return section({
    accounts: cloud.accounts(refs),
    cloud: cloud.cloud(),
    store: service.store(refs),
    dataDir: service.dataDir(),
    schedule: service.schedule(),
    probe: proof.probe(),
    verify: proof.verify(),
    windows: rules.windows(),
    freezes: rules.freezes(),
    defaults: rules.defaults(),
    policies: rules.policies(),
    quarantine: service.quarantine(),
    caReplacements: proof.caReplacements(),
    pins: proof.pins(),
    clientIdentities: proof.clientIdentities(refs),
    sinks: sinks(refs),
    routes: alerts.routes(),
    alerts: alerts.alerts(),
    heartbeat: alerts.heartbeat(refs),
    http: service.http(refs),
    retention: service.retention(),
  });
}

/** What the operator configured, defaults filled in: durations in milliseconds, secrets hidden, paths absolute. */
export type Config = z.output<ReturnType<typeof configShape>>;

/** The schema that editors use to complete and check the file (JSON Schema 2020-12). */
export function configJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configShape(null), { io: 'input' }),
    title: 'newleaf configuration',
  };
}

/** The configuration in the form of the file: durations as text, secrets as `[secret]`. */
export function toFileForm(config: Config): z.input<ReturnType<typeof configShape>> {
  return z.encode(configShape(null), config);
}
