import type { IncomingMessage } from 'node:http';
import { namedIn } from '../faults/aim.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import { type Asked, askedBy } from './asked.ts';
import { authenticate, type Caller } from './authenticate.ts';
import { gatewayError } from './refusals.ts';
import {
  invalidParameter,
  type Operation,
  type ProductApi,
  type RawParameters,
} from './operation.ts';
import { delayedCall, orderedAnswer } from './ordered.ts';
import { requirePermission } from './permission.ts';
import { receive } from './received.ts';
import {
  type Answer,
  type BodyAnswer,
  type ErrorDetails,
  errorAnswer,
  successAnswer,
} from './replies.ts';

/** Where a call came in. */
export interface GatewayContext {
  readonly api: ProductApi;
  readonly region: string;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly world: World;
  readonly requestId: string;
  /** Does something later, unless the world is gone by then. */
  readonly landLater: (millis: number, land: () => void) => void;
}

/** What became of a call, before anything is sent. */
export interface Verdict {
  readonly action: string;
  readonly params: RawParameters;
  readonly answer: Answer;
}

/**
 * Reads, finds, authenticates and carries out. Whatever goes wrong on the way is an answer too; rejects only when the
 * connection ended within the request.
 */
export async function decide(request: IncomingMessage, context: GatewayContext): Promise<Verdict> {
  let asked: Asked = { action: '', version: '', params: {} };
  const verdict = (answer: Answer): Verdict => ({ ...asked, answer });
  try {
    const received = await receive(request);
    asked = askedBy(received);
    const operation = findOperation(asked, received.method, context);
    const caller = authenticate(received, context.world);
    return verdict(answerTo(operation, asked.params, caller, context));
  } catch (error) {
    if (!(error instanceof ApiError) && !request.complete) throw error;
    return verdict(errorAnswer(asApiError(error), detailsOf(context)));
  }
}

function findOperation(
  { action, version }: Asked,
  method: string,
  { api, operations }: GatewayContext,
): Operation {
  if (method !== 'GET' && method !== 'POST') throw gatewayError('UnsupportedHTTPMethod');
  if (action === '') throw gatewayError('MissingAction');
  if (version === '') throw gatewayError('MissingVersion');
  if (version !== api.version) throw gatewayError('InvalidVersion');
  const operation = operations.get(action);
  if (operation === undefined) throw gatewayError('InvalidAction.NotFound');
  if (method === 'GET' && api.postOnly?.has(action) === true) {
    throw gatewayError('UnsupportedHTTPMethod');
  }
  return operation;
}

/** What an authenticated caller gets. Throws the refusal. */
function answerTo(
  operation: Operation,
  params: RawParameters,
  caller: Caller,
  context: GatewayContext,
): Answer {
  const { api, region, world } = context;
  const { action } = operation;
  if (world.settings.rateLimits === 'documented') world.rates.admit(action, region, api);
  requirePermission(caller, action, api, world);
  const place = { product: api.product, region, action, ...namedIn(params) };
  const ordered = orderedAnswer(world, place, api, detailsOf(context));
  if (ordered !== null) return ordered;
  const carryOut = () => carriedOut(operation, params, caller, context);
  const delayed = delayedCall(world, place);
  if (delayed === null) return carryOut();
  context.landLater(delayed.millis, () => {
    const { status, code } = carryOut();
    world.calls.settle(context.requestId, { status, code });
  });
  return delayed.answer;
}

function carriedOut(
  operation: Operation,
  params: RawParameters,
  caller: Caller,
  context: GatewayContext,
): BodyAnswer {
  const { api, world, region, requestId } = context;
  const { action } = operation;
  const illegal = api.illegal ?? invalidParameter;
  const call = { world, region, action, requestId, caller, raw: params, illegal };
  try {
    return successAnswer({ RequestId: requestId, ...operation.run(params, call) });
  } catch (error) {
    return errorAnswer(asApiError(error), detailsOf(context));
  }
}

function detailsOf({ api, region, requestId }: GatewayContext): ErrorDetails {
  return { requestId, hostId: api.hostId(region), product: api.product };
}

/** A bug in the sandbox answers as a bug in the cloud would; the message says where to look. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError('InternalError', `The sandbox failed: ${message}`, { status: 500 });
}
