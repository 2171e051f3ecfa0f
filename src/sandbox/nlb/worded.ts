import { ApiError } from '../http/api-error.ts';
import type { Operation } from '../http/operation.ts';
import { nlbErrors } from './errors.ts';

/** The documented words for any value out of its range. */
export function illegalParam(name: string): ApiError {
  return new ApiError(`IllegalParam.${name}`, `The param of ${name} is illegal.`);
}

/**
 * Makes an action refuse in its own words. Values are refused as `IllegalParam.<Name>`, but some actions
 * document the bare `IllegalParam` and some another message.
 */
export function worded(operation: Operation): Operation {
  return {
    ...operation,
    run: (raw, call) => {
      try {
        return operation.run(raw, call);
      } catch (error) {
        throw error instanceof ApiError ? inWordsOf(operation.action, error) : error;
      }
    },
  };
}

function inWordsOf(action: string, error: ApiError): ApiError {
  const documented = nlbErrors[action] ?? [];
  const exact = documented.find(({ code }) => code === error.code);
  if (exact !== undefined) {
    return exact.message.includes('%s') ? error : new ApiError(error.code, exact.message, exact);
  }
  const bare = documented.some(({ code }) => code === 'IllegalParam');
  return bare && error.code.startsWith('IllegalParam.')
    ? new ApiError('IllegalParam', error.message)
    : error;
}
