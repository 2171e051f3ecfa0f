import { ApiError } from './api-error.ts';
import type { DocumentedError } from './documented.ts';
import { gatewayErrors } from './gateway-errors.ts';

type GatewayCode = (typeof gatewayErrors)[number]['code'];

/** A refusal of the gateway, with the status and message of the table. */
export function gatewayError(code: GatewayCode): ApiError {
  const { status, message } = row(code);
  return new ApiError(code, message, { status });
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
