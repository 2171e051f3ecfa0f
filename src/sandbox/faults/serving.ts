import { z } from 'zod';

/** Where a fault strikes: one zone or all, one listener or all. */
const somewhere = {
  zone: z.string().min(1).optional(),
  listenerId: z.string().min(1).optional(),
};

/** What was served before a change goes on being served, whatever is bound. */
const keepOld = z.strictObject({ kind: z.literal('keep-old'), ...somewhere });

/**
 * After a change, connections are served what is new and what was before in turns, the new first. A change made before
 * the fault was ordered is not undone by it.
 */
const alternate = z.strictObject({ kind: z.literal('alternate'), ...somewhere });

/** Leaves are served without their intermediates. */
const noIntermediate = z.strictObject({ kind: z.literal('no-intermediate'), ...somewhere });

/** Whatever name is asked for, a certificate for another: the given one, or one made for `wrong.example.invalid`. */
const wrongName = z.strictObject({
  kind: z.literal('wrong-name'),
  ...somewhere,
  certificateId: z.string().min(1).optional(),
});

/** No TLS at all: a web server's complaint about what the client says, or a mail server that speaks first. */
const plainText = z.strictObject({
  kind: z.literal('plain-text'),
  ...somewhere,
  page: z.enum(['http-400', 'banner']).default('http-400'),
});

/** Connections are taken and dropped at once. */
const drop = z.strictObject({ kind: z.literal('drop'), ...somewhere });

export const servingFaults = [
  keepOld,
  alternate,
  noIntermediate,
  wrongName,
  plainText,
  drop,
] as const;

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
