import { carriesV1 } from './claim.ts';
import type { RawParameters } from './operation.ts';
import { unflatten } from './parameters.ts';
import type { ReceivedRequest } from './received.ts';

/** What a request asks for, whichever way it says so. Empty where it does not. */
export interface Asked {
  readonly action: string;
  readonly version: string;
  /**
   * The action's own parameters, from query and form together; a name in both counts as the form has it. One sent without a
   * value is as if it had not been sent (INFERRED: clients send an empty NextToken for the first page).
   */
  readonly params: RawParameters;
}

/** They are about the request and not about the action, which neither sees nor compares them. */
const protocolParameters = new Set([
  'Action',
  'Version',
  'Format',
  'AccessKeyId',
  'SecurityToken',
  'Timestamp',
  'Signature',
  'SignatureMethod',
  'SignatureNonce',
  'SignatureType',
  'SignatureVersion',
]);

/** Reads action and version from where the signature in use has them first: the older one from parameters, the newer from headers. */
export function askedBy(request: ReceivedRequest): Asked {
  const pairs = [...request.query, ...request.form];
  const named = (header: string, parameter: string): string => {
    const places = [
      request.headers[header],
      pairs.find(([name]) => name === parameter)?.[1],
    ] as const;
    const [first, second] = carriesV1(request) ? places.toReversed() : places;
    return first || second || '';
  };
  return {
    action: named('x-acs-action', 'Action'),
    version: named('x-acs-version', 'Version'),
    params: withoutEmpty(unflatten(pairs.filter(([name]) => !protocolParameters.has(name)))),
  };
}

function withoutEmpty(params: RawParameters): RawParameters {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}
