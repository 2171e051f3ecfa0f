import type { HeartbeatOptions } from './adapters/sinks/heartbeat.ts';
import type { SinkOptions } from './adapters/sinks/open.ts';
import type { Reach } from './adapters/sinks/target.ts';
import type { Wording } from './adapters/sinks/wording.ts';
import type { Config } from './config/schema.ts';

type Configured = Config['sinks'][string];

/** Where alerts go, as the operator configured it, secrets filled in. */
export function sinkOptions(config: Config): readonly SinkOptions[] {
  return Object.entries(config.sinks).map(([name, sink]) => optionsOf(name, sink, config));
}

/** Null when no URL is configured. */
export function heartbeatOptions({ heartbeat }: Config): HeartbeatOptions | null {
  if (heartbeat.url === null) return null;
  const url = heartbeat.url.reveal();
  return { url, method: 'POST', timeout: 10_000, reach: reachOf(url) };
}

function optionsOf(name: string, sink: Configured, config: Config): SinkOptions {
  const wording = wordingOf(config, sink);
  switch (sink.kind) {
    case 'log':
      return { kind: 'log', name, wording };
    case 'webhook': {
      const url = sink.url.reveal();
      const secret = sink.secret?.reveal() ?? null;
      const { timeout, perMinute } = sink;
      return {
        kind: 'webhook',
        name,
        url,
        secret,
        timeout,
        perMinute,
        reach: reachOf(url),
        wording,
      };
    }
  }
}

function wordingOf({ schedule, alerts }: Config, { language }: Configured): Wording {
  return { timezone: schedule.timezone, language, runbook: alerts.runbook };
}

/** Whoever writes a loopback address into the configuration means it; a name that merely resolves to one is refused. */
function reachOf(url: string): Reach {
  const { hostname } = new URL(url);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return { loopback, linkLocal: false };
}
