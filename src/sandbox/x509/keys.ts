import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export type KeyType = 'ecdsa' | 'rsa';

/** A key pair with all that certificates say about it, worked out once. */
export interface Keys {
  readonly keyType: KeyType;
  readonly privateKey: KeyObject;
  /** PKCS #8: one text for all certificates of the pair. */
  readonly privatePem: string;
  /** SubjectPublicKeyInfo, in DER. */
  readonly publicInfo: Buffer;
  /** The key identifier of RFC 5280, 4.2.1.2, method 1. */
  readonly id: Buffer;
}

const generate = promisify(generateKeyPair);

/** P-256, or RSA with 2048 bits. */
export async function newKeys(keyType: KeyType): Promise<Keys> {
  const { privateKey, publicKey } =
    keyType === 'rsa'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'P-256' });
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  return {
    keyType,
    privateKey,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicInfo,
    id: createHash('sha1').update(publicInfo.subarray(lengthBeforeKey[keyType])).digest(),
  };
}

/** Of a SubjectPublicKeyInfo, what comes before the bits of the key; it says only which kind they are. */
const lengthBeforeKey: Readonly<Record<KeyType, number>> = { ecdsa: 26, rsa: 24 };

/** RSA keys cost a tenth of a second each, and a thousand keys of any kind their memory. */
const poolSizes: Readonly<Record<KeyType, number>> = { ecdsa: 32, rsa: 4 };

const pools: Readonly<Record<KeyType, Promise<Keys>[]>> = { ecdsa: [], rsa: [] };
const turns: Record<KeyType, number> = { ecdsa: 0, rsa: 0 };

/** A pair of this process that others may get too. They take turns; each pair is made when its first turn comes. */
export function sharedKeys(keyType: KeyType): Promise<Keys> {
  const made = pools[keyType];
  const turn = turns[keyType] % poolSizes[keyType];
  turns[keyType] += 1;
  const keys = made[turn] ?? newKeys(keyType);
  made[turn] = keys;
  return keys;
}
