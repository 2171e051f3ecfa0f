import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import net from 'node:net';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { stateOfSandbox } from './support.ts';

type Pairs = readonly (readonly [string, string])[];

/** What a call sends, and where it departs from an honest one. `null` leaves a thing out. */
export interface Sent {
  readonly product?: string;
  readonly region?: string;
  readonly method?: string;
  readonly action?: string | null;
  readonly version?: string | null;
  readonly id?: string | null;
  readonly secret?: string;
  readonly token?: string;
  readonly time?: string | null;
  readonly skewMillis?: number;
  readonly nonce?: string | null;
  /** As pairs, a name may come twice. */
  readonly query?: Readonly<Record<string, string>> | Pairs;
  readonly form?: Readonly<Record<string, string>>;
  /** The body as it is, whatever was signed. */
  readonly body?: string;
  readonly claimedBody?: string;
  readonly contentType?: string;
  /** Instead of the right one. */
  readonly authorization?: string | null;
  /** Headers that are sent, and signed unless they are named in `unsigned`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly unsigned?: readonly string[];
  /** Raw text behind the path, sent and not signed. */
  readonly rawQuery?: string;
}

interface Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** Signs with another key than the account's own. */
export function by({ accessKeyId: id, accessKeySecret: secret, securityToken: token }: Key): Sent {
  return { id, secret, ...(token === undefined ? {} : { token }) };
}

export interface Heard {
  readonly status: number;
  readonly date: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls with the newer signature. A client of its own, sharing no code with the sandbox. */
export async function sendV3(sandbox: RunningSandbox, sent: Sent = {}): Promise<Heard> {
  const host = hostOf(sandbox, sent);
  const method = sent.method ?? 'POST';
  const body = sent.body ?? encoded(Object.entries(sent.form ?? {}));
  const query = pairsOf(sent.query);
  const headers = headersV3(host, body, sent);
  const authorization =
    sent.authorization === undefined
      ? authorizationV3(sandbox, sent, { method, headers, query })
      : sent.authorization;
  const path = `/?${encoded(query)}${sent.rawQuery ?? ''}`;
  const all = { ...headers, ...header('authorization', authorization) };
  return exchange(host, { method, path, headers: all, body });
}

function headersV3(host: string, body: string, sent: Sent): Readonly<Record<string, string>> {
  const { action = 'ListListeners', version = '2022-04-30', token = null } = sent;
  return {
    host,
    ...header('content-type', sent.contentType ?? (sent.form === undefined ? null : formType)),
    ...header('x-acs-action', action),
    ...header('x-acs-version', version),
    ...header('x-acs-date', timeOf(sent)),
    ...header('x-acs-signature-nonce', nonceOf(sent)),
    'x-acs-content-sha256': hashOf(sent.claimedBody ?? body),
    ...header('x-acs-security-token', token),
    ...sent.headers,
  };
}

const formType = 'application/x-www-form-urlencoded';

function header(name: string, value: string | null): Readonly<Record<string, string>> {
  return value === null ? {} : { [name]: value };
}

function authorizationV3(
  { description }: RunningSandbox,
  sent: Sent,
  signed: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly query: Pairs;
  },
): string {
  const names = Object.keys(signed.headers)
    .filter((name) => sent.unsigned?.includes(name) !== true)
    .toSorted();
  const canonical = [
    signed.method,
    '/',
    encoded(signed.query.toSorted(byName)),
    names.map((name) => `${name}:${signed.headers[name] ?? ''}\n`).join(''),
    names.join(';'),
    signed.headers['x-acs-content-sha256'],
  ].join('\n');
  const signature = createHmac('sha256', sent.secret ?? description.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${hashOf(canonical)}`)
    .digest('hex');
  const id = sent.id ?? description.accessKeyId;
  return `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names.join(';')},Signature=${signature}`;
}

/** Calls with the older signature: everything is a parameter. `extra` overrides or, with null, leaves out a parameter. */
export async function sendV1(
  sandbox: RunningSandbox,
  sent: Sent = {},
  extra: Readonly<Record<string, string | null>> = {},
): Promise<Heard> {
  const host = hostOf(sandbox, sent);
  const method = sent.method ?? 'GET';
  const own = { ...parametersV1(sandbox, sent), ...extra };
  const parameters = [
    ...Object.entries(own).flatMap(([name, value]) => (value === null ? [] : [pair(name, value)])),
    ...pairsOf(sent.query),
    ...Object.entries(sent.form ?? {}),
  ].toSorted(byName);
  const key = `${sent.secret ?? sandbox.description.accessKeySecret}&`;
  const toSign = `${method}&%2F&${strict(encoded(parameters))}`;
  const signature = createHmac('sha1', key).update(toSign).digest('base64');
  const all = encoded([...parameters, pair('Signature', signature)]);
  return method === 'POST'
    ? exchange(host, { method, path: '/', headers: { host, 'content-type': formType }, body: all })
    : exchange(host, { method, path: `/?${all}`, headers: { host }, body: '' });
}

function parametersV1({ description }: RunningSandbox, sent: Sent) {
  const { action = 'ListListeners', version = '2022-04-30', id = description.accessKeyId } = sent;
  return {
    Action: action,
    Version: version,
    Format: 'JSON',
    AccessKeyId: id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonceOf(sent),
    Timestamp: timeOf(sent),
    SecurityToken: sent.token ?? null,
  };
}

/** A name that comes twice keeps its order. */
function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : Number(left > right);
}

function pairsOf(given: Sent['query'] = []): Pairs {
  return Array.isArray(given) ? given : Object.entries(given);
}

function pair(name: string, value: string): readonly [string, string] {
  return [name, value];
}

function timeOf(sent: Sent): string | null {
  if (sent.time !== undefined) return sent.time;
  return new Date(Date.now() + (sent.skewMillis ?? 0)).toISOString().replace(/\.\d+Z/, 'Z');
}

function nonceOf(sent: Sent): string | null {
  return sent.nonce === undefined ? randomBytes(16).toString('hex') : sent.nonce;
}

function encoded(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${strict(name)}=${strict(value)}`).join('&');
}

function strict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hostOf({ description }: RunningSandbox, sent: Sent): string {
  return description.endpoints[sent.product ?? 'nlb']?.[sent.region ?? 'cn-hangzhou'] ?? '';
}

function bodyOf(text: string): Record<string, unknown> {
  return text.startsWith('{') ? JSON.parse(text) : { text };
}

/** One exchange over a connection of its own. A body that is not JSON comes as `text`. */
export async function exchange(
  host: string,
  sent: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
): Promise<Heard> {
  const [hostname, port] = host.split(':');
  const length = sent.body === '' ? {} : { 'content-length': Buffer.byteLength(sent.body) };
  return new Promise((resolve, reject) => {
    const { method, path } = sent;
    const headers = { ...sent.headers, ...length };
    const call = request({ hostname, port, path, method, headers, agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const body = bodyOf(Buffer.concat(chunks).toString('utf8'));
        const { date = '' } = reply.headers;
        resolve({ status: reply.statusCode ?? 0, date, headers: reply.headers, body });
      });
    });
    call.on('error', reject);
    call.end(sent.body);
  });
}

/** A success, or a refusal of 400 to 499 with everything a client reads from one. */
export function assertClear({ status, body }: Heard, about: unknown): void {
  const told = `${JSON.stringify(about).slice(0, 600)} ${JSON.stringify(body).slice(0, 400)}`;
  assert.equal(typeof body['RequestId'], 'string', told);
  if (status === 200) return;
  assert.ok(status >= 400 && status < 500, told);
  for (const field of ['HostId', 'Code', 'Message', 'Recommend'])
    assert.equal(typeof body[field], 'string', told);
}

/** Sends bytes and hears what comes back until the connection ends, or nothing comes for half a second. */
export async function blurt(
  host: string,
  ...pieces: readonly (string | Uint8Array)[]
): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = net.connect(Number(host.split(':')[1]), '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.setTimeout(500, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(heard));
  });
}

/** Host and port of the load balancing endpoint. */
export function nlbHost({ description }: RunningSandbox): string {
  return description.endpoints['nlb']?.['cn-hangzhou'] ?? '';
}

export function controlHost({ control }: RunningSandbox): string {
  return control.slice('http://'.length);
}

/** Both kinds of endpoint still answer as ever. */
export async function assertStillThere(sandbox: RunningSandbox): Promise<void> {
  assert.equal((await sendV3(sandbox)).status, 200);
  assert.equal((await stateOfSandbox(sandbox)).seed, 'small');
}
