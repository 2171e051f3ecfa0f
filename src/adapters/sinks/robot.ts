import type { AlertBatch } from '../../domain/alert.ts';
import type { Millis } from '../../domain/certificate.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SendFailure, Sink } from '../../ports/sink.ts';
import { fitting, type Text } from './fitting.ts';
import { type Exchange, send } from './http-send.ts';
import { openPace } from './pace.ts';
import type { Reach } from './target.ts';
import type { Wording } from './wording.ts';

/** How one robot in a chat is reached. */
export interface RobotOptions {
  readonly name: string;
  /** Holds the token: as secret as `secret`. */
  readonly url: string;
  readonly timeout: Millis;
  readonly reach: Reach;
  readonly wording: Wording;
}

/** What one kind of robot wants. */
export interface Robot {
  readonly kind: string;
  readonly bytes: number;
  readonly perMinute: number;
  /** How much of `bytes` a text takes. */
  readonly size: (text: Text) => number;
  readonly body: (text: Text, now: Date) => unknown;
  /** Where to send, where that depends on the time. */
  readonly address?: (now: Date) => string;
  readonly failure: (exchange: Exchange, now: Date) => SendFailure | null;
}

const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'newleaf' };

/** A robot that posts into a chat: one message for a whole batch, no longer and no oftener than it allows. */
export function openRobot(robot: Robot, options: RobotOptions, clock: Clock): Sink {
  const { name, url, timeout, reach, wording } = options;
  const { kind, bytes, perMinute, size } = robot;
  const pace = openPace(perMinute, clock);
  const deliver = async (batch: AlertBatch, signal: AbortSignal) => {
    const { text, taken } = fitting(batch, wording, { most: bytes, size });
    await pace(signal);
    const now = clock.now();
    const line = { url: robot.address?.(now) ?? url, timeout, reach };
    const body = JSON.stringify(robot.body(text, now));
    const exchange = await send(line, { method: 'POST', headers, body }, signal);
    return robot.failure(exchange, clock.now()) ?? ({ kind: 'accepted', taken } as const);
  };
  return { name, kind, style: 'notify', limits: { bytes, perMinute }, deliver };
}
