import { z } from 'zod';
import type {
  KnownCertificate,
  KnownListener,
  Missing,
  ServedAt,
} from '../../../domain/inventory.ts';
import { instant } from '../codec.ts';
import { certificate } from './certificate.ts';
import { oneOf } from './kit.ts';
import { listenerRef, listenerState } from './listener.ts';
import { keyOffer, observation } from './observation.ts';

const missing: z.ZodType<Missing> = z.strictObject({
  account: z.string(),
  region: z.string(),
  action: z.string(),
  code: z.string(),
  listener: listenerRef.nullable(),
  loadBalancerId: z.string().optional(),
  part: oneOf<'listeners' | 'certificates'>({ listeners: true, certificates: true }).optional(),
});

const servedAt: z.ZodType<ServedAt> = z.strictObject({
  zone: z.string(),
  address: z.string(),
  port: z.int(),
  serverName: z.string().nullable(),
  // Looks that were stored before kinds of clients were told apart.
  keyType: keyOffer.default('any'),
  observation,
  lastServedAt: instant.nullable(),
  confirmed: z.boolean(),
});

const knownListener: z.ZodType<KnownListener> = z.strictObject({
  state: listenerState,
  seenAt: instant,
  absences: z.int(),
  served: z.array(servedAt),
});

const knownCertificate: z.ZodType<KnownCertificate> = z.strictObject({
  account: z.string(),
  certificate,
  seenAt: instant,
  absences: z.int(),
});

export const knownListeners = z.array(knownListener);

export const knownCertificates = z.array(knownCertificate);

export const inventoryHead = z.strictObject({
  takenAt: instant.nullable(),
  missing: z.array(missing),
});
