import { AlibabaCloudError, ThrottlingError } from '@alicloud/openapi-core';
import { type ErrorCode, NewleafError } from '../../domain/errors.ts';
import { type Meaning, meaningOf } from './codes.ts';
import { scrubbed } from './scrub.ts';

/** Which call failed. */
export interface CallName {
  readonly action: string;
  /** A region, or the store site for certificates. */
  readonly region: string;
}

/**
 * The one translation of what the SDK throws. The fields are `action`, `region`, `cloudCode`, `requestId`, `status`, `definite`
 * and `detail` (the cloud's own sentence, scrubbed). The SDK's error is not kept as the cause: it may hold the request, and
 * with it queries and signatures; a bare copy of its name stands in.
 */
export function translated(error: unknown, call: CallName): NewleafError {
  if (error instanceof NewleafError) return 'action' in error.fields ? error : placed(error, call);
  if (error instanceof AlibabaCloudError) return fromReply(error, call);
  return fromTransport(error, call);
}

/**
 * Whether a failed write has certainly changed nothing. False also for everything that is not the cloud's answer: look again
 * before doing anything else.
 */
export function isDefinite(error: unknown): boolean {
  return error instanceof NewleafError && error.fields['definite'] === true;
}

/** The code that the cloud itself gave; null when the failure is not an answer of the API. */
export function cloudCodeOf(error: unknown): string | null {
  const code = error instanceof NewleafError ? error.fields['cloudCode'] : null;
  return typeof code === 'string' ? code : null;
}

/** The reply arrived and was understood as JSON, but it is not what the action is documented to answer. */
export function unreadable(call: CallName, detail: string, requestId: string | null): NewleafError {
  return new NewleafError(
    'cloud.unreadable',
    `calling ${call.action} in ${call.region} got a reply that cannot be read (${detail})`,
    { fields: { ...call, cloudCode: null, requestId, status: null, detail, definite: false } },
  );
}

/** Our own deadline passed. Whether the request arrived is not known. */
export function timedOut({ action, region }: CallName, afterMs: number): NewleafError {
  return new NewleafError(
    'cloud.timeout',
    `calling ${action} in ${region} got no reply within ${Math.round(afterMs)} ms`,
    { fields: { action, region, cloudCode: null, requestId: null, status: null, definite: false } },
  );
}

/** Credentials fail without knowing what they were wanted for. */
function placed(error: NewleafError, call: CallName): NewleafError {
  const { code, message, cause, fields, retryAfterMs } = error;
  const unanswered = { cloudCode: null, requestId: null, status: null };
  return new NewleafError(code, `${failedTo(call)}: ${message}`, {
    cause,
    fields: { ...call, ...unanswered, ...fields },
    retryAfterMs,
  });
}

function fromReply(error: AlibabaCloudError, call: CallName): NewleafError {
  const cloudCode = given(error.code);
  const status = error.statusCode ?? null;
  const { code, definite } = meaningOf(cloudCode, status);
  const detail = code === 'cloud.credentials' ? null : saidBy(error);
  return new NewleafError(code, `${failedTo(call)} with ${cloudCode ?? `status ${status}`}`, {
    cause: bare(error),
    fields: { ...call, cloudCode, requestId: given(error.requestId), status, definite, detail },
    retryAfterMs: error instanceof ThrottlingError ? (error.retryAfter ?? null) : null,
  });
}

/** A code or an id as the cloud gave it; null for anything else. The SDK writes a missing text as the word `undefined`. */
function given(text: string | undefined): string | null {
  if (text === undefined || text === 'undefined') return null;
  return /^[\w.%-]{1,100}$/.test(text) ? text : null;
}

/**
 * The cloud's own sentence. For a signature that does not match it repeats the whole request, which is why refused credentials
 * go without it.
 */
function saidBy(error: AlibabaCloudError): string | null {
  const message = /^.*?code: \d+, (?<said>[\s\S]*?) request id: /.exec(error.message)?.groups?.[
    'said'
  ];
  return message === undefined || message === 'undefined' ? null : scrubbed(message);
}

function fromTransport(error: unknown, call: CallName): NewleafError {
  const { name, reason } = described(error);
  const { code, definite } = meaningOfTransport(name, reason);
  return new NewleafError(code, `${failedTo(call)}: ${explained(name, reason)}`, {
    cause: bare(error),
    fields: { ...call, cloudCode: null, requestId: null, status: null, definite, reason },
  });
}

/** Reasons that come before any byte of the request is sent. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|ERR_SSL_)/;

function meaningOfTransport(name: string, reason: string | null): Meaning {
  if (name.includes('Timeout') || reason === 'ETIMEDOUT') return transport('cloud.timeout');
  // A gateway's HTML page, an empty body, or JSON of a shape that the SDK's models stumble over.
  if (reason === null && ['SyntaxError', 'TypeError', 'Error'].includes(name)) {
    return transport('cloud.unreadable');
  }
  return {
    code: 'cloud.unavailable',
    definite: reason !== null && neverSent.test(reason),
  };
}

function transport(code: ErrorCode): Meaning {
  return { code, definite: false };
}

function explained(name: string, reason: string | null): string {
  if (name.includes('Timeout')) return 'no reply in time';
  return reason === null
    ? 'the reply is not the JSON it should be'
    : `connection failed (${reason})`;
}

function failedTo(call: CallName): string {
  return `calling ${call.action} in ${call.region} failed`;
}

function described(error: unknown): { readonly name: string; readonly reason: string | null } {
  if (!(error instanceof Error)) return { name: 'Error', reason: null };
  const reason = 'code' in error && typeof error.code === 'string' ? given(error.code) : null;
  // httpx reports a peer that hung up without a code of its own in some Node versions.
  const hungUp = reason === null && /socket hang up|aborted/.test(error.message);
  return { name: error.name, reason: hungUp ? 'ECONNRESET' : reason };
}

/** A cause that says what kind of thing was thrown and nothing it was carrying. */
function bare(error: unknown): Error {
  const { name, reason } = described(error);
  const copy = new Error(reason === null ? name : `${name} ${reason}`);
  copy.name = name;
  return copy;
}
