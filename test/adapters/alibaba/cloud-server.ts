import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** One request as it came over the wire. */
export interface Received {
  readonly action: string;
  readonly version: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
}

export type Answer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly json: unknown }
  | { readonly status: number; readonly raw: string }
  | 'reset'
  | 'hang';

export interface CloudServer {
  /** `host:port`, as `cloud.endpoints` takes it. */
  readonly host: string;
  readonly calls: readonly Received[];
  /** Resolves when the next request has arrived. */
  nextCall(): Promise<Received>;
  /** The answers of one action, one after the other; the last one stays. */
  on(action: string, ...answers: readonly (Answer | ((call: Received) => Answer))[]): void;
}

/** An HTTP server that answers what the test tells it to. It ends with the test. */
export async function openCloudServer(t: TestContext): Promise<CloudServer> {
  const calls: Received[] = [];
  const waiting: ((call: Received) => void)[] = [];
  const answers = new Map<string, (Answer | ((call: Received) => Answer))[]>();
  const answerTo = (call: Received): Answer => {
    calls.push(call);
    for (const wake of waiting.splice(0)) wake(call);
    const queue = answers.get(call.action) ?? [];
    const next = queue.length > 1 ? queue.shift() : queue[0];
    if (typeof next === 'function') return next(call);
    return next ?? refused(404, 'InvalidAction.NotFound');
  };
  const server = createServer((request, response) => {
    void handle(request, response, answerTo);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  return {
    host: `127.0.0.1:${port}`,
    calls,
    nextCall: () => new Promise((resolve) => waiting.push(resolve)),
    on: (action, ...next) => void answers.set(action, [...next]),
  };
}

/** An error in the form every product uses. */
export function refused(status: number, code: string, message = 'no'): Answer {
  return { status, json: { RequestId: 'req-1', HostId: 'nlb', Code: code, Message: message } };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answerTo: (call: Received) => Answer,
): Promise<void> {
  reply(response, answerTo(await received(request)));
}

async function received(request: IncomingMessage): Promise<Received> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const form = new URLSearchParams(await text(request));
  const params = Object.fromEntries([...searchParams, ...form]);
  return {
    // Who asks STS for a role names both the old way, as parameters.
    action: String(request.headers['x-acs-action'] ?? params['Action']),
    version: String(request.headers['x-acs-version'] ?? params['Version']),
    params,
    headers: request.headers,
  };
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if ('raw' in answer) {
    response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.raw);
    return;
  }
  response
    .writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
    .end(JSON.stringify(answer.json));
}
