import { z } from 'zod';
import { type JobKind, parsePayload } from './job.ts';

/** Scans everything. `at` is the instant that made it due. */
export type ScanUseCase = (at: Date, signal: AbortSignal) => Promise<unknown>;

const Payload = z.strictObject({ at: z.iso.datetime() });

export function scanJob(scan: ScanUseCase): JobKind {
  return {
    patience: 0,
    run: async ({ data }, signal) => {
      const { at } = parsePayload(Payload, data);
      await scan(new Date(at), signal);
    },
  };
}
