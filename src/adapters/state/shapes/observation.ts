import { z } from 'zod';
import type {
  ClientAuth,
  FailureReason,
  KeyOffer,
  Observation,
  ServedCertificate,
  Trust,
} from '../../../domain/observation.ts';
import { instant } from '../codec.ts';
import { keyType } from './certificate.ts';
import { oneOf, variants } from './kit.ts';

export const failureReason = oneOf<FailureReason>({
  'outside-vantage': true,
  refused: true,
  unreachable: true,
  timeout: true,
  reset: true,
  'not-tls': true,
  'no-common-parameters': true,
  'name-rejected': true,
  'handshake-failed': true,
});

export const keyOffer = oneOf<KeyOffer>({ any: true, rsa: true, ecdsa: true });

export const clientAuth = oneOf<ClientAuth>({
  none: true,
  requested: true,
  required: true,
  unknown: true,
});

const servedCertificate: z.ZodType<ServedCertificate> = z.strictObject({
  fingerprint256: z.string(),
  names: z.array(z.string()),
  subject: z.string(),
  issuer: z.string(),
  keyType,
  notBefore: instant,
  notAfter: instant,
});

type Distrust = Extract<Trust, { readonly verdict: 'untrusted' }>['reason'];

export const trust: z.ZodType<Trust> = z.union([
  z.strictObject({ verdict: z.literal('trusted') }),
  z.strictObject({
    verdict: z.literal('untrusted'),
    reason: oneOf<Distrust>({
      expired: true,
      'not-yet-valid': true,
      'self-signed': true,
      'incomplete-chain': true,
      'unknown-issuer': true,
      other: true,
    }),
    detail: z.string(),
  }),
]);

export const observation = variants<Observation>({
  served: z.strictObject({
    kind: z.literal('served'),
    at: instant,
    leaf: servedCertificate,
    chain: z.array(z.string()),
    protocol: z.string(),
    cipher: z.string(),
    trust,
    nameCovered: z.boolean().nullable(),
    clientAuth,
    // Looks that were stored before it was read.
    caNames: z.array(z.string()).nullable().default(null),
    millis: z.number(),
  }),
  failed: z.strictObject({
    kind: z.literal('failed'),
    at: instant,
    reason: failureReason,
    detail: z.string(),
    millis: z.number(),
  }),
});
