import type { AlertRules, Route, SinkManners } from '../domain/alert-routing.ts';
import type { Config } from './schema.ts';

/** Who hears of what, when and how often. */
export function alertRulesFrom(config: Config): AlertRules {
  const sinks = Object.entries(config.sinks);
  return {
    routes: config.routes.map(routeFrom),
    repeat: config.alerts.repeat,
    sinks: Object.fromEntries(sinks.map(([name, sink]) => [name, mannersOf(sink, config)])),
  };
}

function routeFrom({ match, to, repeat, escalate }: Config['routes'][number]): Route {
  const { severity, kind, ...rest } = match;
  return { match: { ...rest, severities: severity, kinds: kind }, to, repeat, escalate };
}

/** A sink that cannot be told to wait is told at once: the log is a record, and what shows states must show them. */
function mannersOf(sink: Config['sinks'][string], { alerts, schedule }: Config): SinkManners {
  if (sink.quiet === undefined) return { quiet: null, digest: null };
  const timezone = sink.timezone ?? schedule.timezone;
  const digest = sink.digest === undefined ? alerts.digest : sink.digest;
  return {
    quiet: sink.quiet === null ? null : { ...sink.quiet, timezone },
    digest: digest === null ? null : { at: digest, timezone },
  };
}
