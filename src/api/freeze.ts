import { z } from 'zod';
import type { KnownFreeze } from '../domain/freezes.ts';
import { Line } from './line.ts';

/** What orders a freeze. */
export const FreezeBody = z.strictObject({
  name: Line.regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'must be a name of letters, digits, dot, dash and underscore',
  ),
  /** Left out: now. */
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }),
  reason: Line,
  /** Whether a rotation may start all the same whose certificate would end before the next opening. Left out: no. */
  allowEmergency: z.boolean().optional(),
});
export type FreezeBody = z.infer<typeof FreezeBody>;

/** One freeze that is not over. */
export const FreezeDocument = z.strictObject({
  name: z.string(),
  state: z.enum(['coming', 'in-force']),
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  allowEmergency: z.boolean(),
  source: z.enum(['configuration', 'order']),
  /** Who ordered it, when and why: null for a freeze of the configuration. */
  orderedBy: z.string().nullable(),
  orderedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});
export type FreezeDocument = z.infer<typeof FreezeDocument>;

/** What `freeze list --json` prints. */
export const FreezesDocument = z.strictObject({ freezes: z.array(FreezeDocument) });
export type FreezesDocument = z.infer<typeof FreezesDocument>;

export function freezeDocument({ freeze, ordered, state }: KnownFreeze): FreezeDocument {
  const { name, from, until, allowEmergency } = freeze;
  return {
    name,
    state,
    from: from.toISOString(),
    until: until.toISOString(),
    allowEmergency,
    source: ordered === null ? 'configuration' : 'order',
    orderedBy: ordered?.by ?? null,
    orderedAt: ordered?.at.toISOString() ?? null,
    reason: ordered?.reason ?? null,
  };
}
