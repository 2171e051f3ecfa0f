import { z } from 'zod';
import { languages } from '../../domain/language.ts';
import { Secret } from '../secret.ts';
import {
  clockTime,
  duration,
  list,
  name,
  oneOf,
  section,
  show,
  spelled,
  text,
  timezone,
  whole,
  yesOrNo,
} from './leaves.ts';
import { isMetadataUrl, type References } from './secrets.ts';

const supported =
  'log, webhook, cloudmonitor, alertmanager, pagerduty, email, slack, dingtalk, feishu, wecom';
const pagerDuty = 'https://events.pagerduty.com/v2/enqueue';

/** Where alerts go, by name. */
export function sinks(references: References) {
  const kinds = [
    log(),
    webhook(references),
    cloudmonitor(),
    ...states(references),
    email(references),
    ...robots(references),
  ] as const;
  const sink = z.discriminatedUnion('kind', kinds, {
    error: ({ input }) => kindProblem(input),
  });
  return z.record(name(), sink.superRefine(staysOffMetadata)).prefault({ log: { kind: 'log' } });
}

/** What every sink has. */
function common() {
  return { timezone: timezone().optional(), language: oneOf(languages).prefault('en') };
}

/** Of a sink that need not hear of everything at once. */
function patient() {
  return {
    ...common(),
    quiet: hours().nullable().prefault(null),
    digest: clockTime().nullable().optional(),
  };
}

/** Of the log, which is a record, and of sinks that show states: they would show for hours what is not so. */
function prompt() {
  return { ...common(), quiet: untold(), digest: untold() };
}

function untold() {
  return z
    .never({ error: 'is not for this kind of sink, which is told everything at once' })
    .optional();
}

/** Hours of each day as `22:00-09:00`. */
function hours() {
  return spelled({
    allowed: 'hours such as "22:00-09:00"',
    pattern: /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    value: z.object({ from: z.string(), until: z.string() }),
    parse: (input) => {
      const [from = '', until = ''] = input.split('-');
      return from === until ? null : { from, until };
    },
    format: ({ from, until }) => `${from}-${until}`,
  });
}

/** What every receiver over HTTP has. */
function receiver() {
  return {
    timeout: duration('100ms', '60s').prefault('10s'),
    allowLinkLocal: yesOrNo().prefault(false),
  };
}

function log() {
  return section({ kind: z.literal('log'), ...prompt() });
}

function webhook({ secret, receiverUrl }: References) {
  return section({
    kind: z.literal('webhook'),
    url: receiverUrl,
    secret: secret.nullable().prefault(null),
    perMinute: whole(1, 6000).prefault(60),
    ...receiver(),
    ...patient(),
  });
}

function cloudmonitor() {
  return section({
    kind: z.literal('cloudmonitor'),
    account: name().nullable().prefault(null),
    region: text('a region id', /^[a-z0-9-]+$/).prefault('cn-hangzhou'),
    daysLeft: yesOrNo().prefault(true),
    ...patient(),
  });
}

function states({ secret, receiverUrl }: References) {
  const alertmanager = section({
    kind: z.literal('alertmanager'),
    url: receiverUrl,
    token: secret.nullable().prefault(null),
    labels: z.record(labelName(), text('text')).prefault({}),
    resendEvery: duration('1m', '1h').prefault('2m'),
    ...receiver(),
    ...prompt(),
  });
  const pagerduty = section({
    kind: z.literal('pagerduty'),
    routingKey: secret,
    url: receiverUrl.prefault(pagerDuty),
    ...receiver(),
    ...prompt(),
  });
  return [alertmanager, pagerduty] as const;
}

function email({ secret }: References) {
  const shape = section({
    kind: z.literal('email'),
    host: text('the name or address of a mail server', /^[A-Za-z0-9.:-]+$/),
    port: whole(1, 65_535).prefault(587),
    tls: oneOf(['starttls', 'tls', 'none']).prefault('starttls'),
    ca: secret.nullable().prefault(null),
    user: secret.nullable().prefault(null),
    password: secret.nullable().prefault(null),
    from: mailAddress(),
    to: list(mailAddress(), 'mail addresses').min(1, { error: 'must name at least one address' }),
    ...receiver(),
    ...patient(),
  });
  return shape.refine(({ user, password }) => (user === null) === (password === null), {
    path: ['password'],
    error: 'user and password are only of use together',
  });
}

function mailAddress() {
  return text('a mail address', /^([^<>@\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/);
}

function labelName() {
  return text('the name of a label: letters, digits and underscore', /^[A-Za-z_][A-Za-z0-9_]*$/);
}

function robots({ secret, receiverUrl }: References) {
  const open = { url: receiverUrl, ...receiver(), ...patient() };
  const signed = { ...open, secret: secret.nullable().prefault(null) };
  return [
    section({ kind: z.literal('slack'), ...open }),
    section({ kind: z.literal('dingtalk'), ...signed }),
    section({ kind: z.literal('feishu'), ...signed }),
    section({ kind: z.literal('wecom'), ...open }),
  ] as const;
}

/** A metadata service hands out the machine's credentials: whoever wants to reach such an address has to say so. */
function staysOffMetadata(sink: object, context: z.core.$RefinementCtx): void {
  if (!('url' in sink) || !(sink.url instanceof Secret)) return;
  if ('allowLinkLocal' in sink && sink.allowLinkLocal === true) return;
  if (!isMetadataUrl(sink.url.reveal())) return;
  const message =
    'must not point at a metadata or link-local address unless allowLinkLocal is true';
  context.addIssue({ code: 'custom', path: ['url'], message });
}

function kindProblem(input: unknown): string {
  const allowed = `one of ${supported}`;
  const kind =
    typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
  if (kind === undefined) return `is missing; must be ${allowed}`;
  return `must be ${allowed}, not ${show(kind)}`;
}
