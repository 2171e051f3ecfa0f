import { ApiError } from './api-error.ts';
import type { DocumentedError } from './documented.ts';
import { gatewayErrors } from './gateway-errors.ts';

type GatewayCode = (typeof gatewayErrors)[number]['code'];

/** The refusal that a row of a table of errors words. */
export function refusalOf({ code, message, status }: DocumentedError): ApiError {
  return new ApiError(code, message, { status });
}

/** A refusal of the gateway, with the status and message of its table. */
export function gatewayError(code: GatewayCode): ApiError {
  return refusalOf(row(code));
}

/** The gateway's row for a code, null when it has none. */
export function documentedGatewayError(code: string): DocumentedError | null {
  return gatewayErrors.find((each) => each.code === code) ?? null;
}

function row(code: GatewayCode): DocumentedError {
  const found = documentedGatewayError(code);
  if (found === null) throw new Error(`the gateway has no code ${code}`);
  return found;
}

/** `ListenerId` becomes `MissingListenerId`. */
export function missing(parameter: string): ApiError {
  return new ApiError(`Missing${parameter}`, `${parameter} is mandatory for this action.`);
}
