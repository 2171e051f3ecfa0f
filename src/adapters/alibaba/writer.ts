import { NewleafError } from '../../domain/errors.ts';
import type { ListenerState } from '../../domain/listener.ts';
import type { Step } from '../../domain/plan.ts';
import type { BindingWriter, Progress, Ticket } from '../../ports/listeners.ts';
import type { Caller } from './call.ts';
import type { Clients } from './clients.ts';
import type { NlbClient } from './nlb-client.ts';
import {
  AssociateAdditionalCertificatesWithListenerRequest,
  DisassociateAdditionalCertificatesWithListenerRequest,
  GetJobStatusRequest,
  ListAsynJobsRequest,
  UpdateListenerAttributeRequest,
} from './nlb-models.ts';
import { type JobState, readJobStatus, readJobs, readStarted } from './nlb-replies.ts';
import type { Reply } from './replies.ts';

const mostIdsPerCall = 15;

/**
 * Changes certificates through the NLB API, on listeners that nobody else manages. A write that fails says in `definite` whether
 * it has certainly changed nothing (`isDefinite`); else the caller looks at the listener before anything else.
 */
export class NlbWriter implements BindingWriter {
  readonly #clients: Clients;
  readonly #caller: Caller;

  constructor(clients: Clients, caller: Caller) {
    this.#clients = clients;
    this.#caller = caller;
  }

  async start(was: ListenerState, step: Step, token: string, signal: AbortSignal): Promise<Ticket> {
    const { region } = was.ref;
    const { action, send } = writeFor(this.#clients.nlb(region), was, step, token);
    const call = { kind: 'write', action, region, send, read: readStarted } as const;
    const { jobId, requestId } = await this.#caller.call(call, signal);
    return { job: jobId, requestId };
  }

  /** Jobs are asked by two operations, because the first is not documented to ever answer `Failed`. */
  async progress(was: ListenerState, job: string, signal: AbortSignal): Promise<Progress> {
    const { region } = was.ref;
    const state = await this.#jobStatus(region, job, signal);
    if (state === 'done') return { kind: 'done' };
    const listed = await this.#listedJob(region, job, signal);
    if (state === 'failed' || listed === 'failed') {
      return { kind: 'failed', detail: `job ${job} ended as failed` };
    }
    if (listed === 'done') return { kind: 'done' };
    return { kind: state === null && listed === null ? 'unknown' : 'pending' };
  }

  async #jobStatus(region: string, job: string, signal: AbortSignal): Promise<JobState | null> {
    const client = this.#clients.nlb(region);
    const request = new GetJobStatusRequest({ jobId: job });
    try {
      return await this.#caller.call(
        {
          kind: 'read',
          action: 'GetJobStatus',
          region,
          send: () => client.getJobStatus(request),
          read: readJobStatus,
        },
        signal,
      );
    } catch (error) {
      if (error instanceof NewleafError && error.code === 'cloud.not-found') return null;
      throw error;
    }
  }

  /** The second opinion; null when it has none. Its failure is not the job's, so it says nothing then. */
  async #listedJob(region: string, job: string, signal: AbortSignal): Promise<JobState | null> {
    const client = this.#clients.nlb(region);
    const request = new ListAsynJobsRequest({ jobIds: [job] });
    const call = {
      kind: 'read',
      action: 'ListAsynJobs',
      region,
      send: () => client.listAsynJobs(request),
      read: readJobs,
    } as const;
    try {
      const jobs = await this.#caller.call(call, signal);
      return jobs.find(({ id }) => id === job)?.status ?? null;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

interface Write {
  readonly action: string;
  readonly send: () => Promise<Reply>;
}

/** The request is built once, so every resend carries the same parameters and the same token. */
function writeFor(client: NlbClient, was: ListenerState, step: Step, clientToken: string): Write {
  const { listenerId } = was.ref;
  switch (step.kind) {
    case 'replace': {
      const slot = step.slot === 'ca' ? 'caCertificateIds' : 'certificateIds';
      const request = new UpdateListenerAttributeRequest({
        listenerId,
        [slot]: [step.to],
        // Left out, it is not documented whether client authentication stays as it is.
        caEnabled: was.clientAuth,
        clientToken,
      });
      return {
        action: 'UpdateListenerAttribute',
        send: () => client.updateListenerAttribute(request),
      };
    }
    case 'bind': {
      const request = new AssociateAdditionalCertificatesWithListenerRequest({
        listenerId,
        additionalCertificateIds: idsOf(step.ids),
        clientToken,
      });
      return {
        action: 'AssociateAdditionalCertificatesWithListener',
        send: () => client.associateAdditionalCertificatesWithListener(request),
      };
    }
    case 'unbind': {
      const request = new DisassociateAdditionalCertificatesWithListenerRequest({
        listenerId,
        additionalCertificateIds: idsOf(step.ids),
        clientToken,
      });
      return {
        action: 'DisassociateAdditionalCertificatesWithListener',
        send: () => client.disassociateAdditionalCertificatesWithListener(request),
      };
    }
  }
}

/** One step is one call: more ids than it takes is a mistake of whoever made the plan, and nothing is sent. */
function idsOf(ids: readonly string[]): readonly string[] {
  if (ids.length >= 1 && ids.length <= mostIdsPerCall) return ids;
  throw new NewleafError('internal', `a step with ${ids.length} certificate ids cannot be sent`, {
    fields: { definite: true },
  });
}
