import type { AuditHead } from '../../domain/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Heartbeat } from '../../ports/sink.ts';
import { type Line, send } from './http-send.ts';
import { failureOf } from './verdict.ts';

export interface HeartbeatOptions extends Line {
  readonly method: 'GET' | 'POST';
}

/** Calls a URL. A POST says in JSON where the audit ends; the services that watch for such calls keep or ignore what they are told. */
export function openHeartbeat(options: HeartbeatOptions, clock: Clock): Heartbeat {
  return {
    beat: async (audit, signal) => {
      const outgoing = { method: options.method, ...messageOf(options.method, audit) };
      const exchange = await send(options, outgoing, signal);
      return failureOf(exchange, clock.now()) ?? { kind: 'accepted' };
    },
  };
}

function messageOf(method: HeartbeatOptions['method'], audit: AuditHead) {
  const named = { 'user-agent': 'newleaf' };
  if (method === 'GET') return { headers: named, body: '' };
  const headers = { ...named, 'content-type': 'application/json' };
  return { headers, body: JSON.stringify({ audit }) };
}
