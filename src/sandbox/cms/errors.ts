import type { DocumentedError, DocumentedErrors } from '../http/documented.ts';

/** Documented for reading events; writing them has the statuses documented and leaves the codes open. */
export const badParameter: DocumentedError = {
  code: 'ParameterInvalid',
  status: 400,
  message: 'Illegal parameters.',
  arises: 'state',
  when: 'for a missing or illegal value inside the list, too long a list, or a time that cannot be read; for writes INFERRED',
};

export const noEvent: DocumentedError = {
  code: 'ResourceNotFound',
  status: 404,
  message: 'The specified resource is not found.',
  arises: 'state',
  when: 'when EventId names no event of the region; that this is the occasion is INFERRED',
};

const noResource: DocumentedError = {
  ...noEvent,
  arises: 'order',
  when: 'there are no application groups here to be missing; for writes the code is INFERRED',
};

const noAccess: DocumentedError = {
  code: 'AccessForbidden',
  status: 403,
  message: 'User not authorized to operate on the specified resource.',
  arises: 'state',
  when: 'for a key that may not call the action: `noRights`, and `readOnly` for writes; for writes the code is INFERRED',
};

const internal: DocumentedError = {
  code: 'InternalError',
  status: 500,
  message: 'The request processing has failed due to some unknown error.',
  arises: 'order',
  when: 'nothing fails by itself; inside HTTP 200 order `refuse-inside-200`',
};

export const cmsErrors: DocumentedErrors = {
  PutCustomEvent: [badParameter, noAccess, noResource, internal],
  PutCustomMetric: [badParameter, noAccess, noResource, internal],
  DescribeCustomEventAttribute: [badParameter, noEvent, noAccess, internal],
};
