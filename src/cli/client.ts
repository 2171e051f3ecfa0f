import type { z } from 'zod';
import { ErrorDocument } from '../api/requests.ts';
import { NewleafError } from '../domain/errors.ts';

/** The daemon's HTTP API, as the commands use it. */
export interface DaemonClient {
  /** Rejects with `not-found` for 404, else with what the daemon said. */
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
}

export interface DaemonAddress {
  readonly url: string;
  readonly token: string;
}

interface Answer {
  readonly reply: Response;
  /** Null when it is not JSON. */
  readonly body: unknown;
}

const timeoutMillis = 120_000;

/** A client of one daemon. An unreachable one is `daemon.unreachable`, naming the address and what to do. */
export function daemonClient(address: DaemonAddress, signal: AbortSignal): DaemonClient {
  const call = async <T>(path: string, init: RequestInit, shape: z.ZodType<T>): Promise<T> => {
    const { reply, body } = await request(address, path, init, signal);
    // A refusal is an answer too: the rotate route tells it with a document of its own.
    const parsed = shape.safeParse(body);
    if (parsed.success && (reply.ok || reply.status === 409)) return parsed.data;
    throw asError(reply, body);
  };
  return {
    get: (path, shape) => call(path, {}, shape),
    post: (path, body, shape) => call(path, { method: 'POST', body: JSON.stringify(body) }, shape),
  };
}

async function request(
  { url, token }: DaemonAddress,
  path: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const reply = await fetch(new URL(`/api/v1${path}`, url), {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]),
    });
    return { reply, body: asJson(await reply.text()) };
  } catch (error) {
    signal.throwIfAborted();
    throw new NewleafError(
      'daemon.unreachable',
      `cannot reach the daemon at ${url}: start it with newleaf run, or set NEWLEAF_URL`,
      { cause: error },
    );
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function asError(reply: Response, body: unknown): NewleafError {
  const told = ErrorDocument.safeParse(body);
  const message = told.success
    ? told.data.error.message
    : `the daemon answered ${reply.status} with something this release does not know`;
  if (reply.status === 404) return new NewleafError('not-found', message);
  return new NewleafError(
    reply.status === 401 ? 'request.unauthorized' : 'request.invalid',
    message,
  );
}
