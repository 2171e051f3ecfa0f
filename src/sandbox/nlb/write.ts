import { namedIn } from '../faults/aim.ts';
import type { Call, ReplyBody } from '../http/operation.ts';
import { flag, text } from '../http/parameters.ts';
import type { Listener, ListenerStatus } from './model.ts';
import { refused } from './refusals.ts';
import { requireActive, requireListener } from './require.ts';

/** The parameters every write takes. */
export const anyWriteParameters = {
  RegionId: text().optional(),
  ClientToken: text({ max: 64 })
    .regex(/^[\x20-\x7e]+$/)
    .optional(),
  DryRun: flag().optional(),
};

/** The parameters of a write on a listener that is there. */
export const writeParameters = { ListenerId: text(), ...anyWriteParameters };

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

interface AnyWrite {
  readonly ClientToken?: string | undefined;
  readonly DryRun?: boolean | undefined;
}

/** A write on one listener. */
export interface ListenerWrite {
  /** Checks that come before the one whether the listener is busy. */
  readonly first?: (listener: Listener) => void;
  /** Checks the request, throwing its refusal, and says what is to be done. */
  readonly edit: (listener: Listener) => ListenerEdit;
}

/**
 * One asynchronous write on one listener. Order of the checks: a repeated client token gets the first reply; the listener
 * exists; its load balancer is active; the listener is free; the request is valid; a dry run ends here. A repeat comes
 * first, or it would be refused while its own job runs, and a deletion could not be repeated at all.
 */
export function writeListener(
  params: AnyWrite & { readonly ListenerId: string },
  call: Call,
  { first, edit }: ListenerWrite,
): ReplyBody {
  return once(params, call, () => {
    const listener = requireListener(params.ListenerId, call);
    requireActive(listener.loadBalancerId, call);
    first?.(listener);
    requireFree(listener);
    const planned = edit(listener);
    endDryRun(params);
    return { JobId: start(listener, planned, call) };
  });
}

/** Carries out a write, or gives its first reply again. Parsed parameters are compared, so their order does not matter. */
export function once(params: AnyWrite, call: Call, write: () => ReplyBody): ReplyBody {
  const { ClientToken, ...request } = params;
  if (ClientToken === undefined) return write();
  const { tokens, credentials } = call.world;
  return tokens.once(
    JSON.stringify([credentials.accountId, call.region, ClientToken]),
    JSON.stringify([call.action, request]),
    write,
  );
}

/** Ends a dry run, all checks passed. Its success is an error. */
export function endDryRun(params: AnyWrite): void {
  if (params.DryRun === true) throw refused('DryRunOperation');
}

function requireFree(listener: Listener): void {
  if (listener.status === 'Running' || listener.status === 'Stopped') return;
  throw refused('IncorrectStatus.listener', listener.id);
}

function start(listener: Listener, edit: ListenerEdit, call: Call): string {
  const { balancing, jobs } = call.world;
  const before = listener.status;
  balancing.update(listener.id, (now) => ({ ...edit.during(now), status: edit.meanwhile }));
  return jobs.start({
    region: call.region,
    action: call.action,
    certificateIds: namedIn(call.raw).certificateIds,
    listenerId: listener.id,
    finish: () => {
      const { done } = edit;
      if (done === null) balancing.removeListener(listener.id);
      else balancing.update(listener.id, (now) => ({ ...done(now), status: edit.afterwards }));
    },
    abandon: () => balancing.update(listener.id, (now) => ({ ...edit.undo(now), status: before })),
  });
}
