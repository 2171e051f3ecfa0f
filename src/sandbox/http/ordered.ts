import { isAimedAt, type Named } from '../faults/aim.ts';
import { type CallPlace, strikes } from '../faults/common.ts';
import type { AnswerFault } from '../faults/wire.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import type { DocumentedError } from './documented.ts';
import { documentedGatewayError } from './refusals.ts';
import type { ProductApi } from './operation.ts';
import { type Answer, type ErrorDetails, errorAnswer } from './replies.ts';

/** A call and what it is about. */
export type NamingCall = CallPlace & Named;

/** The answer a fault prescribes for this call, or null when there is none. Uses up one strike. */
export function orderedAnswer(
  world: World,
  place: NamingCall,
  api: ProductApi,
  details: ErrorDetails,
): Answer | null {
  const fault = world.faults.take('answer', (each) => hits(each, place));
  return fault === null ? null : fromFault(fault, codedError(fault, place.action, api), details);
}

/** A call that was carried out and must not be answered. Uses up one strike. */
export function losesReply(world: World, place: NamingCall): boolean {
  return world.faults.take('lose-reply', (each) => hits(each, place)) !== null;
}

/** A call that is to land later, and what its client sees meanwhile; null when there is none. Uses up one strike. */
export function delayedCall(
  world: World,
  place: NamingCall,
): { readonly millis: number; readonly answer: Answer } | null {
  const fault = world.faults.take('delay-write', (each) => hits(each, place));
  if (fault === null) return null;
  const { seconds, hangSeconds } = fault;
  return { millis: seconds * 1000, answer: { kind: 'hang', millis: hangSeconds * 1000 } };
}

function hits(
  fault: Parameters<typeof strikes>[0] & Parameters<typeof isAimedAt>[0],
  call: NamingCall,
): boolean {
  return strikes(fault, call) && isAimedAt(fault, call);
}

function fromFault(fault: AnswerFault, error: ApiError, details: ErrorDetails): Answer {
  switch (fault.body) {
    case undefined:
      return errorAnswer(error, details);
    case 'html-502':
      return { kind: 'raw', status: 502, type: 'text/html', text: badGateway };
    case 'empty-503':
      return { kind: 'raw', status: 503, type: null, text: '' };
    case 'reset':
      return { kind: 'reset' };
    case 'hang':
      return { kind: 'hang', millis: fault.seconds * 1000 };
  }
}

const badGateway =
  '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>';

function codedError(fault: AnswerFault, action: string, api: ProductApi): ApiError {
  const { code = 'InternalError', retryAfterMillis } = fault;
  const known = documentedError(code, action, api);
  const message = fault.message ?? known?.message ?? `The sandbox was told to answer ${code}.`;
  return new ApiError(code, message, {
    status: fault.status ?? known?.status ?? 400,
    headers:
      retryAfterMillis === undefined ? {} : { 'x-acs-retry-after': String(retryAfterMillis) },
  });
}

function documentedError(code: string, action: string, api: ProductApi): DocumentedError | null {
  const own = api.errors[action]?.find((each) => each.code === code);
  return own ?? documentedGatewayError(code);
}
