import type { Announcement } from '../../domain/alert.ts';
import type { AlertKind, BindingName, ProblemFacts } from '../../domain/problem.ts';
import { bindingsOf, endOf } from '../../messages/about.ts';
import { type MessageOptions, render } from '../../messages/render.ts';

/** A CloudEvent 1.0 in structured JSON. `source` and `id` together are what a receiver drops repeats by. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: EventData;
}

/** The payload. Its fields are documented in docs/alerts.md and stay: new ones may come, none change their meaning. */
interface EventData {
  readonly key: string;
  readonly kind: AlertKind;
  readonly status: Announcement['status'];
  readonly severity: Announcement['severity'];
  readonly episode: number;
  readonly since: Date;
  readonly resolvedAt: Date | null;
  readonly acknowledged: Announcement['acknowledged'];
  readonly title: string;
  readonly body: string;
  readonly runbook: string;
  /** As in AWS Certificate Manager's event: whole days left, negative after the end. */
  readonly DaysToExpiry?: number;
  readonly CommonName?: string;
  readonly notAfter?: Date;
  /** The first hundred; `bindingsTotal` counts them all. */
  readonly bindings: readonly EventBinding[];
  readonly bindingsTotal: number;
  /** What only this kind has. */
  readonly details: Readonly<Record<string, unknown>>;
}

interface EventBinding {
  readonly account: string;
  readonly region: string;
  readonly product: string;
  readonly loadBalancerId: string;
  readonly loadBalancerName: string;
  readonly listenerId: string;
  readonly listenerDescription: string;
  readonly port: number;
  readonly slot: string;
}

/** Bounds one event: a receiver need not take more than 64 KB (CloudEvents 1.0, "Size limits"). */
const MOST_BINDINGS = 100;
const MOST_DETAILS = 20;

const DAY = 86_400_000;

/** What each kind is about and what has happened to it. */
export const eventTypes: Readonly<Record<AlertKind, string>> = {
  expiring: 'certificate.expiring',
  expired: 'certificate.expired',
  'no-replacement': 'certificate.no-replacement',
  'expiry-unknown': 'certificate.expiry-unknown',
  drift: 'listener.drift',
  unreachable: 'listener.unreachable',
  'not-probed': 'listener.not-probed',
  'owned-elsewhere': 'listener.owned-elsewhere',
  'weak-tls-policy': 'listener.weak-tls-policy',
  'quota-near': 'load-balancer.quota-near',
  reverted: 'rotation.reverted',
  rotation: 'rotation.ended',
  'approval-wanted': 'rotation.approval-wanted',
  missing: 'scan.missing',
  'scan-stale': 'scan.stale',
  'queue-stuck': 'daemon.queue-stuck',
  'sink-failing': 'daemon.sink-failing',
  'clock-skew': 'daemon.clock-skew',
  'store-not-durable': 'daemon.store-not-durable',
  test: 'sink.test',
};

/** One announcement as an event. The same announcement gives the same `id`, `source`, `type` and `time`. */
export function cloudEvent(announcement: Announcement, options: MessageOptions): CloudEvent {
  const { id, kind, facts, raisedAt } = announcement;
  return {
    specversion: '1.0',
    id,
    source: sourceOf(facts),
    type: `io.newleaf.${eventTypes[kind]}.v1`,
    subject: subjectOf(announcement),
    time: raisedAt.toISOString(),
    datacontenttype: 'application/json',
    data: dataOf(announcement, options),
  };
}

function dataOf(announcement: Announcement, options: MessageOptions): EventData {
  const { key, kind, status, severity, episode, since, resolvedAt, acknowledged, facts } =
    announcement;
  const bindings = bindingsOf(facts);
  const { title, body, runbook } = render(announcement, options);
  return {
    key,
    kind,
    status,
    severity,
    episode,
    since,
    resolvedAt,
    acknowledged,
    title,
    body,
    runbook,
    ...expiryOf(facts, options.now),
    bindings: bindings.slice(0, MOST_BINDINGS).map(flat),
    bindingsTotal: bindings.length,
    details: detailsOf(facts),
  };
}

function expiryOf(
  facts: ProblemFacts,
  now: Date,
): Pick<EventData, 'DaysToExpiry' | 'CommonName' | 'notAfter'> {
  const notAfter = endOf(facts);
  const name = 'certificate' in facts ? facts.certificate.names[0] : undefined;
  return {
    ...(notAfter === null
      ? {}
      : { DaysToExpiry: Math.floor((notAfter.getTime() - now.getTime()) / DAY), notAfter }),
    ...(name === undefined ? {} : { CommonName: name }),
  };
}

/** The facts that are not told elsewhere in the event, lists cut to a bound. */
function detailsOf(facts: ProblemFacts): EventData['details'] {
  const told = new Set(['kind', 'binding', 'bindings', 'notAfter']);
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([name]) => !told.has(name))
      .map(([name, value]: [string, unknown]) => [
        name,
        Array.isArray(value) ? value.slice(0, MOST_DETAILS) : value,
      ]),
  );
}

function sourceOf(facts: ProblemFacts): string {
  const place = placeOf(facts).map((part) => encodeURIComponent(part));
  return ['/newleaf', ...place].join('/');
}

function placeOf(facts: ProblemFacts): readonly string[] {
  if ('site' in facts) return [facts.account, facts.site];
  if ('region' in facts) return [facts.account, facts.region];
  if ('account' in facts) return [facts.account];
  return 'binding' in facts ? [facts.binding.ref.account, facts.binding.ref.region] : [];
}

function subjectOf({ facts, key }: Announcement): string {
  if ('certificate' in facts) return facts.certificate.id;
  if ('certificateId' in facts) return facts.certificateId;
  return 'binding' in facts ? `${facts.binding.ref.listenerId}/${facts.binding.slot}` : key;
}

function flat({ ref, ...name }: BindingName): EventBinding {
  return { ...ref, ...name };
}
