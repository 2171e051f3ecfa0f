import { ApiError } from '../http/api-error.ts';
import type { Call, ReplyBody } from '../http/operation.ts';
import { flag, text } from '../http/parameters.ts';
import type { Listener, ListenerStatus } from './model.ts';
import { requireListener } from './require.ts';

/** The parameters every write takes. */
export const writeParameters = {
  ListenerId: text(),
  RegionId: text().optional(),
  ClientToken: text({ max: 64 }).optional(),
  DryRun: flag().optional(),
};

/** What a write does to its listener, in three pure steps. */
export interface ListenerEdit {
  /** While the job runs, besides the status. */
  readonly during: (listener: Listener) => Listener;
  /** Once it has succeeded; null deletes the listener. */
  readonly done: ((listener: Listener) => Listener) | null;
  /** Takes back what `during` did, when the job fails. */
  readonly undo: (listener: Listener) => Listener;
  /** The status shown meanwhile, and the one at the end. */
  readonly meanwhile: ListenerStatus;
  readonly afterwards: ListenerStatus;
}

interface WriteParameters {
  readonly ListenerId: string;
  readonly ClientToken?: string | undefined;
  readonly DryRun?: boolean | undefined;
}

/**
 * One asynchronous write on one listener. `edit` checks the request and throws its refusal. Order of the checks: the
 * listener exists; a repeated client token gets the first reply; the listener is free; the request is valid; a dry run
 * ends here. A repeat must come before the status, or it would be refused while its own job runs.
 */
export function writeListener(
  params: WriteParameters,
  call: Call,
  edit: (listener: Listener) => ListenerEdit,
): ReplyBody {
  const listener = requireListener(params.ListenerId, call);
  const request = JSON.stringify([call.region, call.action, withoutToken(call)]);
  const replayed = replay(params, call, request);
  if (replayed !== null) return replayed;
  requireFree(listener);
  const planned = edit(listener);
  if (params.DryRun === true) {
    throw new ApiError(
      'DryRunOperation',
      'Request validation has been passed with DryRun flag set.',
    );
  }
  const reply = { JobId: start(listener, planned, call) };
  if (params.ClientToken !== undefined)
    call.world.tokens.remember(tokenKey(params, call), request, reply);
  return reply;
}

function replay(params: WriteParameters, call: Call, request: string): ReplyBody | null {
  if (params.ClientToken === undefined) return null;
  return call.world.tokens.replay(tokenKey(params, call), request);
}

function tokenKey(params: WriteParameters, call: Call): string {
  return `${call.region} ${params.ClientToken ?? ''}`;
}

function withoutToken(call: Call): ReplyBody {
  const { ClientToken: _token, ...rest } = call.raw;
  return rest;
}

function requireFree(listener: Listener): void {
  if (listener.status === 'Running' || listener.status === 'Stopped') return;
  throw new ApiError(
    'IncorrectStatus.listener',
    `The status of listener [${listener.id}] is incorrect.`,
  );
}

function start(listener: Listener, edit: ListenerEdit, call: Call): string {
  const { balancing, jobs } = call.world;
  const before = listener.status;
  balancing.update(listener.id, (now) => ({ ...edit.during(now), status: edit.meanwhile }));
  return jobs.start({
    region: call.region,
    action: call.action,
    listenerId: listener.id,
    finish: () => {
      const { done } = edit;
      if (done === null) balancing.removeListener(listener.id);
      else balancing.update(listener.id, (now) => ({ ...done(now), status: edit.afterwards }));
    },
    abandon: () => balancing.update(listener.id, (now) => ({ ...edit.undo(now), status: before })),
  });
}
