import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { AlertBatch } from '../../domain/alert.ts';
import type { Millis } from '../../domain/certificate.ts';
import type { Log } from '../../ports/log.ts';
import type { DeliveryResult, SendFailure, Sink } from '../../ports/sink.ts';
import { mailFailure } from './email-failure.ts';
import { htmlOf } from './email-html.ts';
import { fitting, type Text } from './fitting.ts';
import { type Reach, targetsOf } from './target.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { Wording } from './wording.ts';

export interface EmailOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** From the first byte, by STARTTLS and not without, or none. */
  readonly tls: 'tls' | 'starttls' | 'none';
  /** Root certificates to trust, as PEM; null for the public ones. */
  readonly ca: string | null;
  /** Null sends without logging in. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeout: Millis;
  readonly reach: Reach;
  readonly wording: Wording;
}

/** Mail has no small limit, but people have. */
const LONGEST_TEXT = 60_000;
const LONGEST_REPLY = 4_096;

/** One mail for a whole batch, as text and as HTML, over SMTP. */
export function openEmail(options: EmailOptions, log: Log): Sink {
  return {
    name: options.name,
    kind: 'email',
    style: 'notify',
    limits: { bytes: LONGEST_TEXT, perMinute: 30 },
    deliver: (batch, signal) => deliver(options, log, batch, signal),
  };
}

async function deliver(
  options: EmailOptions,
  log: Log,
  batch: AlertBatch,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const { text, taken } = fitting(batch, options.wording, { most: LONGEST_TEXT, size: sizeOf });
  const mail = {
    from: options.from,
    to: [...options.to],
    subject: text.title,
    text: [...text.lines, '', text.runbookLine].join('\n'),
    html: htmlOf(text),
    messageId: messageId(batch),
    // Keeps holiday notices from answering.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Newleaf-Alerts': String(taken) },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  const deadline = AbortSignal.timeout(options.timeout);
  const result = await sendMail(options, mail, AbortSignal.any([signal, deadline]));
  signal.throwIfAborted();
  if (result.kind === 'sent') {
    const { refused } = result;
    if (refused > 0)
      log.warn({ sink: options.name, refused }, 'the mail server refused some recipients');
    return { kind: 'accepted', taken };
  }
  return deadline.aborted ? tooLate(options.timeout) : result;
}

interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly headers: Record<string, string>;
}

type Sent = { readonly kind: 'sent'; readonly refused: number } | SendFailure;

async function sendMail(options: EmailOptions, mail: Mail, signal: AbortSignal): Promise<Sent> {
  try {
    const [target] = await unlessAborted(targetsOf(options.host, options.reach), signal);
    if (target === undefined) return notAllowed;
    const transport = createTransport(transportTo(target.address, options));
    const { rejected } = await transport.sendMail({ ...mail, signal });
    return { kind: 'sent', refused: rejected?.length ?? 0 };
  } catch (error) {
    return mailFailure(error);
  }
}

/** The connection goes to the address that was checked; the certificate must be for the name. */
function transportTo(address: string, options: EmailOptions) {
  const { host, port, tls, ca, login, timeout } = options;
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return {
    host: address,
    port,
    ...servername,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { ...servername, ...(ca === null ? {} : { ca }) },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    socketCloseTimeout: 0,
    maxResponseSize: LONGEST_REPLY,
  };
}

const notAllowed: SendFailure = {
  kind: 'rejected',
  blames: 'sink',
  reason: 'the address of the receiver is not allowed',
};

function tooLate(timeout: Millis): SendFailure {
  return { kind: 'retry', afterMs: null, reason: `no answer within ${timeout} ms` };
}

function sizeOf({ lines }: Text): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** The same for every repeat, so that mailboxes show it once. */
function messageId({ announcements }: AlertBatch): string {
  const ids = announcements.map(({ id }) => id).join('\n');
  return `<${createHash('sha256').update(ids).digest('hex')}@newleaf>`;
}
