import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type LoggedCall, withoutSecrets } from '../calls.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import { authenticate, type Caller } from './authenticate.ts';
import { listenHttp } from './listen.ts';
import type { Operation, ProductApi, RawParameters } from './operation.ts';
import { losesReply, orderedAnswer } from './ordered.ts';
import { unflatten } from './parameters.ts';
import { type ReceivedRequest, receive } from './received.ts';
import { type Answer, type ErrorDetails, errorAnswer, send, successAnswer } from './replies.ts';

/** Opens the HTTP endpoint of one product in one region on 127.0.0.1; port 0 takes a free one. */
export async function openGateway(options: {
  readonly api: ProductApi;
  readonly region: string;
  readonly port: number;
  readonly world: () => World;
}): ReturnType<typeof listenHttp> {
  const { api, region } = options;
  const operations = new Map(api.operations.map((operation) => [operation.action, operation]));
  return listenHttp(options.port, async (request, response) => {
    const world = options.world();
    const context = { api, region, operations, world, requestId: randomUUID().toUpperCase() };
    const at = new Date(world.clock.now());
    const verdict = await decide(request, context);
    const reply = deliveryOf(verdict, context);
    world.calls.add(logEntry(at, verdict, reply, context));
    const delivered: Answer = reply === 'lost' ? { kind: 'reset' } : verdict.answer;
    await send(response, delivered, new Date(world.clock.now()));
  });
}

interface Context {
  readonly api: ProductApi;
  readonly region: string;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly world: World;
  readonly requestId: string;
}

/** What became of a call, before anything is sent. */
interface Verdict {
  readonly action: string;
  readonly params: RawParameters;
  readonly answer: Answer;
}

/** Reads, finds, authenticates and carries out. Whatever goes wrong on the way is an answer too. */
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
    const ordered = orderedAnswer(context.world, placeOf(action, context), detailsOf(context));
    const answer = ordered ?? carryOut(operation, params, caller, context);
    return { action, params, answer };
  } catch (error) {
    return { action, params, answer: errorAnswer(asApiError(error), detailsOf(context)) };
  }
}

function findOperation(action: string, received: ReceivedRequest, context: Context): Operation {
  const inQuery = received.query.find(([name]) => name === 'Version')?.[1];
  if (action === '') throw new ApiError('MissingAction', 'Action is mandatory for this action.');
  if ((received.headers['x-acs-version'] ?? inQuery) !== context.api.version) {
    throw new ApiError('InvalidVersion', 'Specified parameter Version is not valid.');
  }
  const operation = context.operations.get(action);
  if (operation !== undefined) return operation;
  throw new ApiError(
    'InvalidAction.NotFound',
    'Specified api is not found, please check your url and method.',
    { status: 404 },
  );
}

function carryOut(
  operation: Operation,
  params: RawParameters,
  caller: Caller,
  context: Context,
): Answer {
  const { world, region, requestId } = context;
  const call = { world, region, action: operation.action, requestId, caller, raw: params };
  return successAnswer({ RequestId: requestId, ...operation.run(params, call) });
}

function deliveryOf({ action, answer }: Verdict, context: Context): LoggedCall['reply'] {
  if (answer.kind === 'reset' || answer.kind === 'hang') return 'withheld';
  const succeeded = answer.kind === 'body' && answer.code === null;
  return succeeded && losesReply(context.world, placeOf(action, context)) ? 'lost' : 'sent';
}

function logEntry(
  at: Date,
  { action, params, answer }: Verdict,
  reply: LoggedCall['reply'],
  context: Context,
): LoggedCall {
  const token = params['ClientToken'];
  return {
    at: at.toISOString(),
    ...placeOf(action, context),
    requestId: context.requestId,
    params: withoutSecrets(params),
    clientToken: typeof token === 'string' ? token : null,
    status: 'status' in answer ? answer.status : null,
    code: answer.kind === 'body' ? answer.code : null,
    reply,
  };
}

function placeOf(action: string, { api, region }: Context) {
  return { product: api.product, region, action };
}

function detailsOf({ api, region, requestId }: Context): ErrorDetails {
  return { requestId, hostId: api.hostId(region), product: api.product };
}

/** A bug in the sandbox answers as a bug in the cloud would; the message says where to look. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError('InternalError', `The sandbox failed: ${message}`, { status: 500 });
}
