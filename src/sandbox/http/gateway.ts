import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type LoggedCall, withoutSecrets } from '../calls.ts';
import { strikes } from '../faults/common.ts';
import type { AnswerFault } from '../faults/wire.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import { authenticate, type Caller } from './authenticate.ts';
import { type HttpHandler, listenHttp } from './listen.ts';
import type { Operation, ProductApi, RawParameters } from './operation.ts';
import { unflatten } from './parameters.ts';
import { type ReceivedRequest, receive } from './received.ts';
import { type Answer, errorAnswer, send, successAnswer } from './replies.ts';

/** What became of a call, before anything is sent. */
interface Verdict {
  readonly answer: Answer;
  readonly params: RawParameters;
  readonly action: string;
}

/** The HTTP endpoint of one product in one region. */
export function gateway(api: ProductApi, region: string, world: () => World): HttpHandler {
  const operations = new Map(api.operations.map((operation) => [operation.action, operation]));
  return async (request, response) => {
    const now = world();
    const requestId = randomUUID().toUpperCase();
    const at = new Date(now.clock.now()).toISOString();
    const { answer, params, action } = await decide(request, {
      api,
      region,
      world: now,
      requestId,
      operations,
    });
    const place = { action, product: api.product, region };
    const lost =
      answer.kind === 'body' &&
      answer.code === null &&
      now.faults.take('lose-reply', (fault) => strikes(fault, place)) !== null;
    const delivered: Answer = lost ? { kind: 'reset', status: answer.status } : answer;
    now.calls.add({
      ...place,
      at,
      requestId,
      params: withoutSecrets(params),
      clientToken: typeof params['ClientToken'] === 'string' ? params['ClientToken'] : null,
      status: answer.kind === 'body' ? answer.status : null,
      code: answer.kind === 'body' ? answer.code : null,
      reply: lost ? 'lost' : replyState(answer),
    });
    await send(response, delivered, new Date(now.clock.now()));
  };
}

interface Context {
  readonly api: ProductApi;
  readonly region: string;
  readonly world: World;
  readonly requestId: string;
  readonly operations: ReadonlyMap<string, Operation>;
}

async function decide(request: IncomingMessage, context: Context): Promise<Verdict> {
  let action = '';
  let params: RawParameters = {};
  try {
    const received = await receive(request);
    action = received.headers['x-acs-action'] ?? '';
    params = unflatten([...received.query, ...received.form]);
    action ||= typeof params['Action'] === 'string' ? params['Action'] : '';
    const operation = findOperation(action, received, context);
    const caller = authenticate(received, context.world);
    const answer = orderedAnswer(action, context) ?? carriedOut(operation, params, caller, context);
    return { answer, params, action };
  } catch (error) {
    return { answer: errorAnswer(asApiError(error), detailsOf(context)), params, action };
  }
}

function findOperation(action: string, received: ReceivedRequest, context: Context): Operation {
  const version =
    received.headers['x-acs-version'] ??
    received.query.find(([name]) => name === 'Version')?.[1] ??
    '';
  if (action === '') throw new ApiError('MissingAction', 'Action is mandatory for this action.');
  if (version !== context.api.version) {
    throw new ApiError('InvalidVersion', 'Specified parameter Version is not valid.');
  }
  const operation = context.operations.get(action);
  if (operation !== undefined) return operation;
  throw new ApiError(
    'InvalidAction.NotFound',
    'Specified api is not found, please check your url and method.',
    {
      status: 404,
    },
  );
}

function carriedOut(
  operation: Operation,
  params: RawParameters,
  caller: Caller,
  context: Context,
): Answer {
  const { world, region, requestId } = context;
  const call = { world, region, action: operation.action, requestId, caller, raw: params };
  return successAnswer({ RequestId: requestId, ...operation.run(params, call) });
}

function orderedAnswer(action: string, context: Context): Answer | null {
  const place = { action, product: context.api.product, region: context.region };
  const fault = context.world.faults.take('answer', (each) => strikes(each, place));
  return fault === null ? null : fromFault(fault, context);
}

function fromFault(fault: AnswerFault, context: Context): Answer {
  switch (fault.body) {
    case undefined:
      return errorAnswer(codedError(fault), detailsOf(context));
    case 'html-502':
      return {
        kind: 'raw',
        status: 502,
        type: 'text/html',
        text: '<html><body>502 Bad Gateway</body></html>',
      };
    case 'empty-503':
      return { kind: 'raw', status: 503, type: null, text: '' };
    case 'reset':
      return { kind: 'reset', status: null };
    case 'hang':
      return { kind: 'hang', millis: fault.seconds * 1000 };
  }
}

function codedError(fault: AnswerFault): ApiError {
  const headers: Record<string, string> =
    fault.retryAfterMillis === undefined
      ? {}
      : { 'x-acs-retry-after': String(fault.retryAfterMillis) };
  const code = fault.code ?? 'InternalError';
  return new ApiError(code, fault.message ?? `The sandbox was told to answer ${code}.`, {
    status: fault.status,
    headers,
  });
}

function detailsOf(context: Context): { requestId: string; hostId: string; product: string } {
  const { api, region, requestId } = context;
  return { requestId, hostId: api.hostId(region), product: api.product };
}

/** A bug in the sandbox answers as a bug in the cloud would; the message says where to look. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError('InternalError', `The sandbox failed: ${message}`, { status: 500 });
}

function replyState(answer: Answer): LoggedCall['reply'] {
  return answer.kind === 'reset' || answer.kind === 'hang' ? 'withheld' : 'sent';
}

/** Opens the endpoint on 127.0.0.1; port 0 takes a free one. */
export async function openGateway(options: {
  readonly api: ProductApi;
  readonly region: string;
  readonly port: number;
  readonly world: () => World;
}): ReturnType<typeof listenHttp> {
  return listenHttp(options.port, gateway(options.api, options.region, options.world));
}
