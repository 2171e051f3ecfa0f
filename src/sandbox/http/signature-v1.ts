import { createHmac } from 'node:crypto';
import { strictEncode } from './signature.ts';

type Pairs = readonly (readonly [string, string])[];

/** The string that the older scheme signs: all parameters but the signature itself, from query and form alike. */
export function stringToSignV1(method: string, parameters: Pairs): string {
  const canonical = parameters
    .filter(([name]) => name !== 'Signature')
    .toSorted(([left], [right]) => (left < right ? -1 : Number(left > right)))
    .map(([name, value]) => `${strictEncode(name)}=${strictEncode(value)}`)
    .join('&');
  return `${method}&${strictEncode('/')}&${strictEncode(canonical)}`;
}

/** The HMAC-SHA1 signature as base64. The key is the secret and an ampersand. */
export function signV1(method: string, parameters: Pairs, secret: string): string {
  return createHmac('sha1', `${secret}&`)
    .update(stringToSignV1(method, parameters))
    .digest('base64');
}
