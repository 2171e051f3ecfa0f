import { z } from 'zod';
import type { Certificate, KeyType, StoreSite } from '../../../domain/certificate.ts';
import { instant } from '../codec.ts';
import { oneOf } from './kit.ts';

export const storeSite = oneOf<StoreSite>({ 'cn-hangzhou': true, 'ap-southeast-1': true });

export const keyType = oneOf<KeyType>({ rsa: true, ecdsa: true, other: true });

export const certificate: z.ZodType<Certificate> = z.strictObject({
  id: z.string(),
  site: storeSite,
  label: z.string(),
  fingerprint256: z.string().nullable(),
  names: z.array(z.string()),
  keyType: keyType.nullable(),
  keyBits: z.number().nullable(),
  issuer: z.string().nullable(),
  selfSigned: z.boolean().nullable(),
  notBefore: instant.nullable(),
  notAfter: instant.nullable(),
  revoked: z.boolean(),
});
