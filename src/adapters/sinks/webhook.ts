import { createHash, createHmac } from 'node:crypto';
import type { AlertBatch } from '../../domain/alert.ts';
import type { Millis } from '../../domain/certificate.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryResult, Sink } from '../../ports/sink.ts';
import { type CloudEvent, cloudEvent } from './cloud-event.ts';
import { send } from './http-send.ts';
import type { Reach } from './target.ts';
import { failureOf } from './verdict.ts';
import type { Wording } from './wording.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  /** Key of the HMAC; null sends unsigned. */
  readonly secret: string | null;
  readonly timeout: Millis;
  readonly perMinute: number;
  readonly reach: Reach;
  readonly wording: Wording;
}

/** Ordinary receivers take a megabyte; a longer batch goes in several requests. */
const MOST_BYTES = 1_000_000;

/**
 * CloudEvents 1.0 over HTTP: one event as `application/cloudevents+json`, several as one `application/cloudevents-batch+json`,
 * so that a first scan is one request. Signature and headers are described in docs/alerts.md.
 */
export function openWebhook(options: WebhookOptions, clock: Clock): Sink {
  return {
    name: options.name,
    kind: 'webhook',
    style: 'notify',
    limits: { bytes: MOST_BYTES, perMinute: options.perMinute },
    deliver: (batch, signal) => deliver(options, clock, batch, signal),
  };
}

async function deliver(
  options: WebhookOptions,
  clock: Clock,
  batch: AlertBatch,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const events = fitting(
    batch.announcements.map((announcement) =>
      cloudEvent(announcement, { ...options.wording, now: batch.at }),
    ),
  );
  const body = events.texts.length === 1 ? (events.texts[0] ?? '') : `[${events.texts.join(',')}]`;
  const headers = {
    ...contentOf(events.texts.length),
    'x-newleaf-delivery': deliveryId(events.ids),
    ...signature(options.secret, clock.now(), body),
  };
  const exchange = await send(options, { method: 'POST', headers, body }, signal);
  const failure = failureOf(exchange, clock.now());
  return failure ?? { kind: 'accepted', taken: events.ids.length };
}

/** As many events from the front as fit; one that is too long for itself is still worth trying. */
function fitting(events: readonly CloudEvent[]): {
  readonly ids: string[];
  readonly texts: string[];
} {
  const taken: { ids: string[]; texts: string[] } = { ids: [], texts: [] };
  let size = 2;
  for (const event of events) {
    const text = JSON.stringify(event);
    size += Buffer.byteLength(text) + 1;
    if (size > MOST_BYTES && taken.ids.length > 0) break;
    taken.ids.push(event.id);
    taken.texts.push(text);
  }
  return taken;
}

function contentOf(events: number): Readonly<Record<string, string>> {
  const type = events === 1 ? 'cloudevents+json' : 'cloudevents-batch+json';
  return { 'content-type': `application/${type}; charset=utf-8`, 'user-agent': 'newleaf' };
}

/** The same for every repeat of the same events. */
function deliveryId(ids: readonly string[]): string {
  return createHash('sha256').update(ids.join('\n')).digest('hex');
}

/** The time is signed too, so that a receiver can refuse what somebody recorded and sends again later. */
function signature(secret: string | null, now: Date, body: string): Record<string, string> {
  if (secret === null) return {};
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-newleaf-timestamp': timestamp, 'x-newleaf-signature': `sha256=${mac}` };
}
