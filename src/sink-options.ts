import type { HeartbeatOptions } from './adapters/sinks/heartbeat.ts';
import type { SinkOptions } from './adapters/sinks/open.ts';
import type { Reach } from './adapters/sinks/target.ts';
import type { Wording } from './adapters/sinks/wording.ts';
import type { Config } from './config/schema.ts';
import type { Monitor } from './ports/monitor.ts';
import type { Secret } from './config/secret.ts';

type Configured = Config['sinks'][string];

/** The monitoring service that a sink of CloudMonitor reports to. */
export type MonitorFor = (sink: Extract<Configured, { kind: 'cloudmonitor' }>) => Monitor;

/** Where alerts go, as the operator configured it, secrets filled in. */
export function sinkOptions(config: Config, monitorFor: MonitorFor): readonly SinkOptions[] {
  return Object.entries(config.sinks).map(([name, sink]) =>
    optionsOf({ name, wording: wordingOf(config, sink) }, sink, monitorFor),
  );
}

/** The services that want to know how many days each certificate has left. */
export function daysLeftMonitors({ sinks }: Config, monitorFor: MonitorFor): readonly Monitor[] {
  return Object.values(sinks).flatMap((sink) =>
    sink.kind === 'cloudmonitor' && sink.daysLeft ? [monitorFor(sink)] : [],
  );
}

/** Null when no URL is configured. */
export function heartbeatOptions({ heartbeat }: Config): HeartbeatOptions | null {
  if (heartbeat.url === null) return null;
  const url = heartbeat.url.reveal();
  return { url, method: 'POST', timeout: 10_000, reach: reachOf(url, false) };
}

function optionsOf(
  common: { readonly name: string; readonly wording: Wording },
  sink: Configured,
  monitorFor: MonitorFor,
): SinkOptions {
  switch (sink.kind) {
    case 'log':
      return { kind: sink.kind, ...common };
    case 'webhook':
      return {
        ...common,
        ...lineOf(sink),
        ...secretOf(sink),
        kind: sink.kind,
        perMinute: sink.perMinute,
      };
    case 'cloudmonitor':
      return { kind: sink.kind, ...common, monitor: monitorFor(sink) };
    case 'alertmanager': {
      const { labels, resendEvery, token } = sink;
      const access = { token: token?.reveal() ?? null };
      return { ...common, ...lineOf(sink), ...access, kind: sink.kind, labels, resendEvery };
    }
    case 'pagerduty':
      return {
        ...common,
        ...lineOf(sink),
        kind: sink.kind,
        routingKey: sink.routingKey.reveal(),
      };
    case 'email':
      return { ...common, ...mailOf(sink), kind: sink.kind };
    case 'slack':
    case 'wecom':
      return { ...common, ...lineOf(sink), kind: sink.kind };
    case 'dingtalk':
    case 'feishu':
      return { ...common, ...lineOf(sink), ...secretOf(sink), kind: sink.kind };
  }
}

function lineOf(sink: {
  readonly url: Secret;
  readonly timeout: number;
  readonly allowLinkLocal: boolean;
}) {
  const url = sink.url.reveal();
  return { url, timeout: sink.timeout, reach: reachOf(url, sink.allowLinkLocal) };
}

function mailOf(sink: Extract<Configured, { kind: 'email' }>) {
  const { host, port, tls, from, to, timeout, user, password } = sink;
  return {
    host,
    port,
    tls,
    from,
    to,
    timeout,
    ca: sink.ca?.reveal() ?? null,
    login: user && password && { user: user.reveal(), password: password.reveal() },
    reach: { loopback: isLoopback(host), linkLocal: sink.allowLinkLocal },
  };
}

function secretOf({ secret }: { readonly secret: Secret | null }) {
  return { secret: secret?.reveal() ?? null };
}

function wordingOf({ schedule, alerts }: Config, sink: Configured): Wording {
  const { language, timezone = schedule.timezone } = sink;
  return { timezone, language, runbook: alerts.runbook };
}

/** Whoever writes a loopback address into the configuration means it; a name that merely resolves to one is refused. */
function reachOf(url: string, linkLocal: boolean): Reach {
  return { loopback: isLoopback(new URL(url).hostname), linkLocal };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || /^(127\.|\[?::1\]?$)/.test(host);
}
