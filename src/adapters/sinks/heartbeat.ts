import type { Clock } from '../../ports/clock.ts';
import type { Heartbeat } from '../../ports/sink.ts';
import { type Line, send } from './http-send.ts';
import { failureOf } from './verdict.ts';

export interface HeartbeatOptions extends Line {
  readonly method: 'GET' | 'POST';
}

/** Calls a URL; the services that watch for such calls take an empty request. */
export function openHeartbeat(options: HeartbeatOptions, clock: Clock): Heartbeat {
  return {
    beat: async (signal) => {
      const outgoing = { method: options.method, headers: { 'user-agent': 'newleaf' }, body: '' };
      const exchange = await send(options, outgoing, signal);
      return failureOf(exchange, clock.now()) ?? { kind: 'accepted' };
    },
  };
}
