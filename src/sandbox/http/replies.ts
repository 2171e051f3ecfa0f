import type { ServerResponse } from 'node:http';
import type { ApiError } from './api-error.ts';
import type { ReplyBody } from './operation.ts';

/** What goes back to the client. */
export type Answer =
  | BodyAnswer
  | {
      readonly kind: 'raw';
      readonly status: number;
      readonly type: string | null;
      readonly text: string;
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang'; readonly millis: number };

export interface BodyAnswer {
  readonly kind: 'body';
  readonly status: number;
  /** Null for a success. */
  readonly code: string | null;
  readonly body: ReplyBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** What every error body says about the call. */
export interface ErrorDetails {
  readonly requestId: string;
  /** The endpoint's host name in the real cloud. */
  readonly hostId: string;
  readonly product: string;
}

export function successAnswer(body: ReplyBody): BodyAnswer {
  return { kind: 'body', status: 200, code: null, body, headers: {} };
}

export function errorAnswer(error: ApiError, about: ErrorDetails): BodyAnswer {
  const query = new URLSearchParams({
    q: error.code,
    product: about.product,
    requestId: about.requestId,
  });
  return {
    kind: 'body',
    status: error.status,
    code: error.code,
    headers: error.headers,
    body: {
      RequestId: about.requestId,
      HostId: about.hostId,
      Code: error.code,
      Message: error.message,
      Recommend: `https://api.aliyun.com/troubleshoot?${query.toString()}`,
      ...error.fields,
    },
  };
}

/** Sends an answer; `date` is the sandbox's clock, which need not be the machine's. */
export async function send(response: ServerResponse, answer: Answer, date: Date): Promise<void> {
  switch (answer.kind) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      await closedOrAfter(response, answer.millis);
      response.socket?.resetAndDestroy();
      return;
    case 'raw':
      response.writeHead(answer.status, {
        date: date.toUTCString(),
        ...(answer.type === null ? {} : { 'content-type': answer.type }),
      });
      response.end(answer.text);
      return;
    case 'body':
      response.writeHead(answer.status, {
        ...answer.headers,
        // What is left of a request that was refused unread would be taken for the next one.
        ...(response.req.complete ? {} : { connection: 'close' }),
        date: date.toUTCString(),
        'content-type': 'application/json;charset=utf-8',
        'x-acs-request-id': String(answer.body['RequestId']),
      });
      response.end(JSON.stringify(answer.body));
  }
}

async function closedOrAfter(response: ServerResponse, millis: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, millis);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
