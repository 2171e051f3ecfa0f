import { type CallPlace, strikes } from '../faults/common.ts';
import type { AnswerFault } from '../faults/wire.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import { type Answer, type ErrorDetails, errorAnswer } from './replies.ts';

/** The answer a fault prescribes for this call, or null when there is none. Uses up one strike. */
export function orderedAnswer(
  world: World,
  place: CallPlace,
  details: ErrorDetails,
): Answer | null {
  const fault = world.faults.take('answer', (each) => strikes(each, place));
  return fault === null ? null : fromFault(fault, details);
}

/** A call that was carried out and must not be answered. Uses up one strike. */
export function losesReply(world: World, place: CallPlace): boolean {
  return world.faults.take('lose-reply', (each) => strikes(each, place)) !== null;
}

function fromFault(fault: AnswerFault, details: ErrorDetails): Answer {
  switch (fault.body) {
    case undefined:
      return errorAnswer(codedError(fault), details);
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

function codedError(fault: AnswerFault): ApiError {
  const code = fault.code ?? 'InternalError';
  const { status, retryAfterMillis } = fault;
  return new ApiError(code, fault.message ?? `The sandbox was told to answer ${code}.`, {
    status,
    headers:
      retryAfterMillis === undefined ? {} : { 'x-acs-retry-after': String(retryAfterMillis) },
  });
}
