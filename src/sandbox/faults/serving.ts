import { z } from 'zod';

/** A zone keeps serving what it serves now, whatever is bound. */
const keepOld = z.strictObject({
  kind: z.literal('keep-old'),
  zone: z.string().min(1),
  listenerId: z.string().min(1).optional(),
});

/** Leaves are served without their intermediates. */
const noIntermediate = z.strictObject({
  kind: z.literal('no-intermediate'),
  zone: z.string().min(1).optional(),
  listenerId: z.string().min(1).optional(),
});

/** A zone takes connections and drops them at once. */
const drop = z.strictObject({
  kind: z.literal('drop'),
  zone: z.string().min(1),
  listenerId: z.string().min(1).optional(),
});

export const servingFaults = [keepOld, noIntermediate, drop] as const;

interface PointFilter {
  readonly zone?: string | undefined;
  readonly listenerId?: string | undefined;
}

/** Whether a fault is about this zone of this listener. */
export function concerns(
  filter: PointFilter,
  point: { zone: string; listenerId: string },
): boolean {
  return (
    (filter.zone === undefined || filter.zone === point.zone) &&
    (filter.listenerId === undefined || filter.listenerId === point.listenerId)
  );
}
