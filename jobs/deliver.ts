import { z } from 'zod';
import { type JobKind, parsePayload } from './job.ts';

/** Brings one sink up to date with the alert ledger as it is now. */
export type DeliverUseCase = (sink: string, signal: AbortSignal) => Promise<unknown>;

const Payload = z.strictObject({ sink: z.string().min(1) });

export function deliverJob(deliver: DeliverUseCase): JobKind {
  return {
    patience: 0,
    run: async ({ data }, signal) => {
      const { sink } = parsePayload(Payload, data);
      await deliver(sink, signal);
    },
  };
}
