import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import core, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import type { stateOf } from '../../src/sandbox/control/state.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';

export const front = 'lsn-smallweb0000001@8443';
export const apps = 'lsn-smallweb0000002@9443';
export const plainTcp = 'lsn-smallweb0000003@8080';
export const mutual = 'lsn-smallpartner001@8443';

export type State = ReturnType<typeof stateOf>;
export type Reply = Record<string, unknown>;

/** A small sandbox with quick jobs, closed when the test file is done. */
export async function smallSandbox(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  return startSandbox({
    seed: 'small',
    jobMillis: 40,
    propagationMillis: 20,
    rateLimits: 'off',
    ...options,
  });
}

/** Back to the seed, in a tenth of the time that a sandbox of its own would take. */
export async function reset(sandbox: RunningSandbox): Promise<void> {
  const { status } = await post(sandbox, '/reset', {});
  if (status !== 200) throw new Error(`the sandbox was not reset: ${status}`);
}

/** The core reads it for its fields only. */
const runtime = { toMap: () => ({}) };

/** Calls an NLB action through the official core, parameters in the query or in the form. */
export function nlbCaller(sandbox: RunningSandbox, region = 'cn-hangzhou') {
  return caller(sandbox, { product: 'nlb', version: '2022-04-30', region });
}

/** The same for any product. */
export function caller(
  sandbox: RunningSandbox,
  { product, version, region }: { product: string; version: string; region: string },
) {
  const client = new core.default(
    new $OpenApiUtil.Config({
      accessKeyId: sandbox.description.accessKeyId,
      accessKeySecret: sandbox.description.accessKeySecret,
      endpoint: sandbox.description.endpoints[product]?.[region] ?? '',
      protocol: 'http',
      readTimeout: 10_000,
      connectTimeout: 10_000,
    }),
  );
  return async (
    action: string,
    fields: Record<string, unknown> = {},
    place: 'query' | 'body' = 'query',
  ) => {
    const params = new $OpenApiUtil.Params({
      action,
      version,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest({ [place]: OpenApiUtil.query(fields) });
    const reply = await client.callApi(params, request, runtime);
    const body: Reply = reply['body'];
    return body;
  };
}

export type Nlb = ReturnType<typeof nlbCaller>;

/** The code of the refusal; fails when the call goes through. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  throw new Error('the call went through');
}

/** Follows a job to its end. */
export async function jobEnd(nlb: Nlb, reply: Reply): Promise<unknown> {
  return until(async () => {
    const { Status } = await nlb('GetJobStatus', { JobId: reply['JobId'] });
    return Status === 'Processing' ? null : Status;
  });
}

export async function stateOfSandbox(sandbox: RunningSandbox): Promise<State> {
  const reply = await fetch(`${sandbox.control}/state`);
  const state: State = JSON.parse(await reply.text());
  return state;
}

export async function listenerState(sandbox: RunningSandbox, id: string) {
  const listener = (await stateOfSandbox(sandbox)).listeners.find((each) => each.id === id);
  if (listener === undefined) throw new Error(`no listener ${id}`);
  return listener;
}

export async function certificate(sandbox: RunningSandbox, name: string) {
  const found = (await stateOfSandbox(sandbox)).certificates.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no certificate ${name}`);
  return found;
}

export async function post(sandbox: RunningSandbox, path: string, body: unknown) {
  const reply = await fetch(`${sandbox.control}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const answer: Reply = JSON.parse(await reply.text());
  return { status: reply.status, body: answer };
}

export interface Handshake {
  readonly fingerprint: string | null;
  readonly chainLength: number;
  readonly authorized: boolean;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  readonly error: string | null;
}

/** One handshake with a serving point, and a request, so that a late refusal shows too. */
export async function shake(
  point: { address: string; port: number },
  options: tls.ConnectionOptions = {},
): Promise<Handshake> {
  return new Promise((resolve) => {
    let seen: Omit<Handshake, 'error'> = {
      fingerprint: null,
      chainLength: 0,
      authorized: false,
      protocol: null,
      alpn: null,
    };
    const socket = tls.connect({
      host: point.address,
      port: point.port,
      rejectUnauthorized: false,
      ...options,
    });
    const end = (error: string | null) => {
      socket.destroy();
      resolve({ ...seen, error });
    };
    socket.setTimeout(5000, () => end('timeout'));
    socket.on('secureConnect', () => {
      // The chain first: reading the leaf by itself makes the platform forget what came with it.
      const chain = chainLength(socket);
      seen = {
        fingerprint:
          socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null,
        chainLength: chain,
        authorized: socket.authorized,
        protocol: socket.getProtocol(),
        alpn: socket.alpnProtocol,
      };
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    });
    socket.on('data', () => end(null));
    socket.on('end', () => end(seen.alpn === 'h2' ? null : 'closed'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

export function rootOf(sandbox: RunningSandbox): Buffer {
  return readFileSync(sandbox.description.rootCaFile);
}

/** Asks again until there is an answer; fails after ten seconds. */
export async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error('nothing came of it in ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The fingerprint a zone is seen to serve, by handshake. */
export async function servedIn(
  sandbox: RunningSandbox,
  listenerId: string,
  zone: string,
): Promise<string | null> {
  const { serving } = await listenerState(sandbox, listenerId);
  const point = serving.find((each) => each.zone === zone);
  if (point === undefined) throw new Error(`no zone ${zone}`);
  return (await shake(point)).fingerprint;
}

function chainLength(socket: tls.TLSSocket): number {
  let length = 0;
  let at: tls.DetailedPeerCertificate | null = socket.getPeerCertificate(true);
  const seen = new Set<string>();
  while (at !== null && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256);
    length += 1;
    at = at.issuerCertificate ?? null;
  }
  return length;
}
