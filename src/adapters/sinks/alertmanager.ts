import type { AlertBatch, Announcement } from '../../domain/alert.ts';
import type { Millis } from '../../domain/certificate.ts';
import type { ProblemFacts } from '../../domain/problem.ts';
import type { Severity } from '../../domain/policy.ts';
import { render } from '../../messages/render.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryResult, Sink } from '../../ports/sink.ts';
import { eventTypes } from './cloud-event.ts';
import { cut } from './cut.ts';
import { type Line, send } from './http-send.ts';
import { failureOf } from './verdict.ts';
import type { Wording } from './wording.ts';

export interface AlertmanagerOptions extends Line {
  readonly name: string;
  /** Null sends none; a user and password may stand in the URL. */
  readonly token: string | null;
  /** Added to every alert. */
  readonly labels: Readonly<Record<string, string>>;
  readonly resendEvery: Millis;
  readonly wording: Wording;
}

type Labels = Readonly<Record<string, string>>;

/** What `POST /api/v2/alerts` takes a list of. */
interface PostableAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

const MOST_AT_ONCE = 200;
const LONGEST_TEXT = 8_000;

/** An alert ends there by itself after so many resends that did not come: a restart must not end one. */
const RESENDS_TO_LIVE = 5;

/**
 * Alertmanager's API v2. What it is sent is the state: told again while it fires, over when `endsAt` has come. Its labels are the
 * identity of an alert, so they hold nothing that changes but the severity; the alert of the severity before is ended at once, or,
 * when another process sent that, by itself.
 */
export function openAlertmanager(options: AlertmanagerOptions, clock: Clock): Sink {
  const told: Told = new Map();
  return {
    name: options.name,
    kind: 'alertmanager',
    style: 'state',
    refreshEvery: options.resendEvery,
    limits: { bytes: 1_000_000, perMinute: 300 },
    deliver: (batch, signal) => deliver({ options, clock, told }, batch, signal),
  };
}

/** With which severity each key was told last, by this process. */
type Told = Map<string, string>;

interface Parts {
  readonly options: AlertmanagerOptions;
  readonly clock: Clock;
  readonly told: Told;
}

async function deliver(
  { options, clock, told }: Parts,
  batch: AlertBatch,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const announcements = batch.announcements.slice(0, MOST_AT_ONCE);
  const alerts = announcements.flatMap((each) => alertsFor(each, batch.at, options, told));
  const outgoing = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'newleaf', ...access(options) },
    body: JSON.stringify(alerts),
  } as const;
  const exchange = await send({ ...options, url: alertsUrl(options.url) }, outgoing, signal);
  const failure = failureOf(exchange, clock.now());
  if (failure !== null) return failure;
  for (const each of announcements) remember(told, each);
  return { kind: 'accepted', taken: announcements.length };
}

function remember(told: Told, { key, status, severity }: Announcement): void {
  if (status === 'firing') told.set(key, severityLabels[severity]);
  else told.delete(key);
}

function access({ token }: AlertmanagerOptions): Readonly<Record<string, string>> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Below whatever path it is published under. */
function alertsUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v2/alerts`;
  return url.href;
}

function alertsFor(
  announcement: Announcement,
  at: Date,
  { wording, labels, resendEvery }: AlertmanagerOptions,
  told: Told,
): readonly PostableAlert[] {
  const { key, since } = announcement;
  const { title, body, runbook } = render(announcement, { ...wording, now: at });
  const annotations = {
    summary: title,
    description: cut(body, LONGEST_TEXT),
    runbook_url: runbook,
  };
  const alert = (severity: string, endsAt: Date): PostableAlert => ({
    labels: { ...labels, ...labelsOf(announcement), severity },
    annotations,
    ...span(since, endsAt),
  });
  const severity = severityLabels[announcement.severity];
  const before = told.get(key) ?? severity;
  const current = alert(severity, endOf(announcement, at, resendEvery));
  return before === severity ? [current] : [current, alert(before, at)];
}

/** A clock that went back must not make an alert end before it began: it would be refused. */
function span(since: Date, endsAt: Date): Pick<PostableAlert, 'startsAt' | 'endsAt'> {
  return { startsAt: since < endsAt ? since : endsAt, endsAt };
}

/** What happened once and needs no end is over as soon as it is told: here it only ends what fired under its key. */
function endOf({ status, resolvedAt }: Announcement, at: Date, resendEvery: Millis): Date {
  if (status === 'firing') return new Date(at.getTime() + RESENDS_TO_LIVE * resendEvery);
  return resolvedAt ?? at;
}

/** Rules for routing know these three. */
const severityLabels: Readonly<Record<Severity, string>> = {
  expired: 'critical',
  critical: 'critical',
  warning: 'warning',
  info: 'info',
  ok: 'info',
};

function labelsOf({ key, kind, facts }: Announcement): Labels {
  // An expired certificate is the same alert as the expiring one.
  const type = eventTypes[kind === 'expired' ? 'expiring' : kind];
  return { alertname: `Newleaf${pascal(type)}`, key, ...placeOf(facts), ...subjectOf(facts) };
}

function placeOf(facts: ProblemFacts): Labels {
  if ('site' in facts) return { account: facts.account, site: facts.site };
  if ('region' in facts) return { account: facts.account, region: facts.region };
  if ('account' in facts) return { account: facts.account };
  if (!('binding' in facts)) return {};
  const { account, region, loadBalancerId } = facts.binding.ref;
  return { account, region, load_balancer: loadBalancerId };
}

/** Only what one key names for as long as it lives. */
function subjectOf(facts: ProblemFacts): Labels {
  if ('certificate' in facts) return { certificate: facts.certificate.id };
  if ('certificateId' in facts) return { certificate: facts.certificateId };
  if (!('binding' in facts) || facts.kind === 'quota-near') return {};
  return { listener: facts.binding.ref.listenerId };
}

function pascal(type: string): string {
  return type
    .split(/\W/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
