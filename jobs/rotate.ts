import { z } from 'zod';
import { type JobKind, parsePayload } from './job.ts';

/** Carries a rotation on from where its Journal stands. */
export type RotateUseCase = (rotationId: string, signal: AbortSignal) => Promise<unknown>;

const Payload = z.strictObject({ rotationId: z.string().min(1) });

export function rotateJob(rotate: RotateUseCase): JobKind {
  return {
    patience: 0,
    run: async ({ data }, signal) => {
      const { rotationId } = parsePayload(Payload, data);
      await rotate(rotationId, signal);
    },
  };
}
