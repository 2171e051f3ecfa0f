import type { AlertBatch, Announcement } from '../../domain/alert.ts';
import { NewleafError } from '../../domain/errors.ts';
import { asText, render } from '../../messages/render.ts';
import type { Monitor, MonitorEvent } from '../../ports/monitor.ts';
import type { DeliveryResult, SendFailure, Sink } from '../../ports/sink.ts';
import { cut } from './cut.ts';
import type { Wording } from './wording.ts';

export interface CloudMonitorOptions {
  readonly name: string;
  readonly wording: Wording;
}

/** The official client sends everything in the address, and those have an end: for one call, and for one event in it. */
const LONGEST_CALL = 8_000;
const LONGEST_EVENT = 3_800;
const FEWER_BINDINGS = 5;

/** CloudMonitor's custom events, one an alert. What happens then is said there, in rules for each name. */
export function openCloudMonitor(options: CloudMonitorOptions, monitor: Monitor): Sink {
  return {
    name: options.name,
    kind: 'cloudmonitor',
    style: 'notify',
    limits: { bytes: LONGEST_CALL, perMinute: 300 },
    deliver: (batch, signal) => deliver(options, monitor, batch, signal),
  };
}

async function deliver(
  { wording }: CloudMonitorOptions,
  monitor: Monitor,
  batch: AlertBatch,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const events = fitting(batch, wording, monitor.limits.eventsPerCall);
  try {
    await monitor.putEvents(events, signal);
    return { kind: 'accepted', taken: events.length };
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

/** As many events from the front as go into one call. */
function fitting(batch: AlertBatch, wording: Wording, most: number): readonly MonitorEvent[] {
  const taken: MonitorEvent[] = [];
  let size = 0;
  for (const announcement of batch.announcements.slice(0, most)) {
    const event = eventOf(announcement, batch.at, wording);
    size += encoded(event.content);
    if (size > LONGEST_CALL && taken.length > 0) break;
    taken.push(event);
  }
  return taken;
}

/** People read the content in a mail or a chat, so it is text; the id lets a receiver drop repeats. */
function eventOf(announcement: Announcement, at: Date, wording: Wording): MonitorEvent {
  const options = { ...wording, now: at, mostBindings: FEWER_BINDINGS };
  const id = `id: ${announcement.id}`;
  const text = asText(render(announcement, options));
  const room = LONGEST_EVENT - encoded(id);
  return {
    name: `newleaf_${announcement.status === 'resolved' ? 'resolved' : announcement.severity}`,
    content: `${shortened(text, room)}\n${id}`,
    at: announcement.raisedAt,
  };
}

function shortened(text: string, most: number): string {
  let short = text;
  while (encoded(short) > most && short.length > 1)
    short = cut(short, Math.floor(short.length * 0.9));
  return short;
}

/** How long a text is in an address. */
function encoded(text: string): number {
  return new URLSearchParams({ text }).toString().length;
}

function failureOf(error: unknown): SendFailure {
  if (!(error instanceof NewleafError))
    return { kind: 'retry', afterMs: null, reason: 'CloudMonitor could not be called' };
  const { code, fields, retryable, retryAfterMs } = error;
  const { cloudCode } = fields;
  const reason = `CloudMonitor refused the events: ${typeof cloudCode === 'string' ? cloudCode : code}`;
  if (retryable) return { kind: 'retry', afterMs: retryAfterMs, reason };
  return { kind: 'rejected', blames: code === 'cloud.refused' ? 'message' : 'sink', reason };
}
