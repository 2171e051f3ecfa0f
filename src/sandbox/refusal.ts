import { ApiError } from './http/api-error.ts';
import type { DocumentedError } from './http/documented.ts';

/** The refusal that a table of errors words. */
export function refusalOf({ code, message, status }: DocumentedError): ApiError {
  return new ApiError(code, message, { status });
}
