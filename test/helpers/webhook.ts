import assert from 'node:assert/strict';
import { systemClock } from '../../src/adapters/clock.ts';
import { openSinks, type SinkOptions } from '../../src/adapters/sinks/open.ts';
import type { AlertBatch, Announcement } from '../../src/domain/alert.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { announcing } from '../messages/samples.ts';
import { expiryFacts } from './alerts.ts';
import { today } from './facts.ts';
import { quietLog } from './store.ts';

export const secret = 'shared secret';

/** The webhook sink as the daemon opens it. */
export function webhook(
  url: string,
  overrides: Partial<Extract<SinkOptions, { kind: 'webhook' }>> = {},
): Sink {
  const options: SinkOptions = {
    kind: 'webhook',
    name: 'team',
    url,
    secret,
    timeout: 5_000,
    perMinute: 6_000,
    reach: { loopback: true, linkLocal: false },
    wording: { language: 'en', timezone: 'Asia/Shanghai', runbook: 'docs/alerts.md' },
    ...overrides,
  };
  const [sink] = openSinks([options], { log: quietLog, clock: systemClock });
  return sink ?? assert.fail();
}

export function batchOf(...announcements: readonly Announcement[]): AlertBatch {
  return { reason: 'changes', at: today, announcements };
}

/** A batch of one alert. */
export const one = batchOf(announcing(expiryFacts(), 'warning'));
