import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Millis } from '../../domain/certificate.ts';
import { connectionFault } from './connection-fault.ts';
import { type Reach, targetsOf } from './target.ts';
import { unlessAborted } from './unless-aborted.ts';

/** How to talk to one receiver. */
export interface Line {
  readonly url: string;
  /** For the whole exchange: resolving, connecting, sending and reading. */
  readonly timeout: Millis;
  readonly reach: Reach;
}

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of it. `reason` never holds the URL, a header or a word of the reply. */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | null;
      /** The first few KB; what comes after them, or too late, is dropped. */
      readonly body: string;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

const MOST_REPLY = 4_096;

/**
 * One request on a connection of its own. Redirects are not followed, and the connection goes to an address that was
 * checked. The receiver's faults are values; rejects only with the reason of `signal`.
 */
export async function send(line: Line, outgoing: Outgoing, signal: AbortSignal): Promise<Exchange> {
  const deadline = AbortSignal.timeout(line.timeout);
  const both = AbortSignal.any([signal, deadline]);
  try {
    return await exchange(line, outgoing, both);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) return { kind: 'failed', reason: `no answer within ${line.timeout} ms` };
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

async function exchange(line: Line, outgoing: Outgoing, signal: AbortSignal): Promise<Exchange> {
  const url = new URL(line.url);
  const targets = await unlessAborted(targetsOf(url.hostname, line.reach), signal);
  const [first] = targets;
  if (first === undefined)
    return { kind: 'refused', reason: 'the address of the receiver is not allowed' };
  const start = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const request = start(url, {
    method: outgoing.method,
    headers: { ...outgoing.headers, 'content-length': Buffer.byteLength(outgoing.body) },
    agent: false,
    signal,
    // Answers with the checked addresses only, whatever the name says by now.
    lookup: (_host, options, done) => {
      if (options.all === true) done(null, [...targets]);
      else done(null, first.address, first.family);
    },
  });
  const response = await answerTo(request, outgoing.body);
  const body = await startOf(response);
  response.destroy();
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'] ?? null,
    body,
  };
}

function answerTo(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays attached: a connection cut while the reply is read must not go unhandled.
    request.on('error', reject);
    request.end(body);
  });
}

/** A reply that stalls or breaks off has still given its status: that is what counts, so its error is not one. */
async function startOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size >= MOST_REPLY) break;
    }
  } catch {
    // What was read so far is all there is.
  }
  return Buffer.concat(chunks).subarray(0, MOST_REPLY).toString('utf8');
}

function reasonOf(error: unknown): string {
  return connectionFault(error instanceof Error && 'code' in error ? error.code : null);
}
