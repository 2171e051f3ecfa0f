import { z } from 'zod';
import type {
  Cell,
  Mismatch,
  MismatchKind,
  SeenCell,
  Sight,
  Verification,
} from '../../../domain/verification.ts';
import { oneOf, variants } from './kit.ts';
import { endpoint } from './listener.ts';
import { clientAuth, failureReason, keyOffer, trust } from './observation.ts';

const cell: z.ZodType<Cell> = z.strictObject({
  endpoint,
  serverName: z.string().nullable(),
  keyType: keyOffer,
  client: z.string().nullable().optional(),
  newest: z.literal('TLSv1.2').optional(),
});

const sight = variants<Sight>({
  served: z.strictObject({
    kind: z.literal('served'),
    fingerprint256: z.string(),
    trust,
    nameCovered: z.boolean().nullable(),
    clientAuth,
    caNames: z.array(z.string()).optional(),
  }),
  failed: z.strictObject({ kind: z.literal('failed'), reason: failureReason }),
});

const seenCell: z.ZodType<SeenCell> = z.strictObject({ cell, sight });

export const matrix = z.array(seenCell);

export const mismatch: z.ZodType<Mismatch> = z.strictObject({
  kind: oneOf<MismatchKind>({
    stale: true,
    'wrong-leaf': true,
    untrusted: true,
    'name-not-covered': true,
    'client-auth-changed': true,
    'client-refused': true,
    'not-answering': true,
  }),
  zone: z.string(),
  address: z.string(),
  serverName: z.string().nullable(),
  expected: z.string().nullable(),
  served: z.string().nullable(),
  detail: z.string().nullable(),
  worse: z.boolean(),
});

export const verification: z.ZodType<Verification> = z.union([
  z.strictObject({ verdict: z.literal('proven'), cells: z.number(), rounds: z.number() }),
  z.strictObject({
    verdict: z.literal('disproven'),
    mismatches: z.array(mismatch),
    rounds: z.number(),
  }),
]);
