import { createHash } from 'node:crypto';
import type { AlertBatch, Announcement } from '../../domain/alert.ts';
import type { Severity } from '../../domain/policy.ts';
import { bindingsOf, endOf } from '../../messages/about.ts';
import { render } from '../../messages/render.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryResult, SendFailure, Sink } from '../../ports/sink.ts';
import { cloudEvent } from './cloud-event.ts';
import { cut } from './cut.ts';
import { type Exchange, type Line, send } from './http-send.ts';
import { openPace, type Pace } from './pace.ts';
import { failureOf } from './verdict.ts';
import type { Wording } from './wording.ts';

export interface PagerDutyOptions extends Line {
  readonly name: string;
  readonly routingKey: string;
  readonly wording: Wording;
}

/** An event is one request, so a batch is worked off a few at a time: what comes after is told as it is by then. */
const MOST_AT_ONCE = 10;
const PER_MINUTE = 120;
const LONGEST_KEY = 255;
const LONGEST_SUMMARY = 1_024;
const LONGEST_TEXT = 8_000;
const MOST_BINDINGS = 20;

const headers = { 'content-type': 'application/json', 'user-agent': 'newleaf' };

/**
 * PagerDuty's Events API v2. One incident a problem: it is triggered again with the severity as it is, acknowledged when somebody
 * has acknowledged it here, and resolved with the problem. PagerDuty keeps what it was told.
 */
export function openPagerDuty(options: PagerDutyOptions, clock: Clock): Sink {
  const pace = openPace(PER_MINUTE, clock);
  return {
    name: options.name,
    kind: 'pagerduty',
    style: 'state',
    limits: { bytes: 512_000, perMinute: PER_MINUTE },
    deliver: (batch, signal) => deliver({ options, clock, pace }, batch, signal),
  };
}

interface Parts {
  readonly options: PagerDutyOptions;
  readonly clock: Clock;
  readonly pace: Pace;
}

async function deliver(
  parts: Parts,
  batch: AlertBatch,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  let taken = 0;
  for (const announcement of batch.announcements.slice(0, MOST_AT_ONCE)) {
    const failure = await tell(parts, announcement, batch.at, signal);
    // What has been taken is not sent again; the failure comes back with the next batch, whose first it is.
    if (failure !== null) return taken === 0 ? failure : { kind: 'accepted', taken };
    taken += 1;
  }
  return { kind: 'accepted', taken };
}

async function tell(
  { options, clock, pace }: Parts,
  announcement: Announcement,
  at: Date,
  signal: AbortSignal,
): Promise<SendFailure | null> {
  for (const action of actionsFor(announcement)) {
    await pace(signal);
    const body = JSON.stringify(eventOf(announcement, action, at, options));
    const exchange = await send(options, { method: 'POST', headers, body }, signal);
    const failure = failureOf(exchange, clock.now());
    if (failure !== null) return isAboutTheKey(exchange) ? badKey : failure;
  }
  return null;
}

type Action = 'trigger' | 'acknowledge' | 'resolve';

/** What happened once and needs no end makes no incident; it ends the one that was open under its key. */
function actionsFor({ status, acknowledged }: Announcement): readonly Action[] {
  if (status !== 'firing') return ['resolve'];
  return acknowledged === null ? ['trigger'] : ['trigger', 'acknowledge'];
}

function eventOf(
  announcement: Announcement,
  action: Action,
  at: Date,
  { routingKey, wording }: PagerDutyOptions,
) {
  const common = {
    routing_key: routingKey,
    event_action: action,
    dedup_key: dedupKey(announcement.key),
  };
  if (action !== 'trigger') return common;
  const { title, runbook, runbookLabel } = render(announcement, { ...wording, now: at });
  const links = /^https?:\/\//.test(runbook) ? [{ href: runbook, text: runbookLabel }] : [];
  return {
    ...common,
    payload: { summary: cut(title, LONGEST_SUMMARY), ...payloadOf(announcement, at, wording) },
    links,
    client: 'newleaf',
  };
}

function payloadOf(announcement: Announcement, at: Date, wording: Wording) {
  const { kind, severity, raisedAt, facts, since } = announcement;
  const { source, subject } = cloudEvent(announcement, { ...wording, now: at });
  const { body } = render(announcement, { ...wording, now: at });
  const bindings = bindingsOf(facts);
  return {
    source: subject,
    severity: severities[severity],
    timestamp: raisedAt,
    component: bindings[0]?.ref.product ?? 'newleaf',
    group: source,
    class: kind,
    custom_details: {
      text: cut(body, LONGEST_TEXT),
      since,
      expires: endOf(facts),
      bindings: bindings
        .slice(0, MOST_BINDINGS)
        .map(({ ref, slot }) => `${ref.listenerId}/${slot}`),
      bindings_total: bindings.length,
    },
  };
}

/** One key a problem; a longer one than it takes ends in a hash of all of it. */
function dedupKey(key: string): string {
  const whole = `newleaf/${key}`;
  if (whole.length <= LONGEST_KEY) return whole;
  const hash = createHash('sha256').update(whole).digest('hex');
  return `${whole.slice(0, LONGEST_KEY - hash.length - 1)}/${hash}`;
}

const severities: Readonly<Record<Severity, 'critical' | 'warning' | 'info'>> = {
  expired: 'critical',
  critical: 'critical',
  warning: 'warning',
  info: 'info',
  ok: 'info',
};

const badKey: SendFailure = {
  kind: 'rejected',
  blames: 'sink',
  reason: 'the receiver answered 400: it does not know the routing key',
};

function isAboutTheKey(exchange: Exchange): boolean {
  return (
    exchange.kind === 'answered' && exchange.status === 400 && /routing.?key/i.test(exchange.body)
  );
}
