import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from './desk.ts';

/** A token that opens the API, and under which name its holder appears in the audit. */
export interface AccessToken extends Caller {
  readonly token: string;
}

/**
 * Who the `Authorization` header belongs to, null when it opens nothing. `Bearer TOKEN` for programs; `Basic` with the token
 * as password for browsers, whose own prompt then asks for it.
 */
export function callerOf(
  header: string | undefined,
  tokens: readonly AccessToken[],
): Caller | null {
  const given = tokenIn(header);
  if (given === null) return null;
  const found = tokens.find(({ token }) => isSame(token, given));
  return found === undefined ? null : { name: found.name, role: found.role };
}

function tokenIn(header: string | undefined): string | null {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** Compared as hashes, so that neither length nor content shows in the time it takes. */
function isSame(a: string, b: string): boolean {
  return b !== '' && timingSafeEqual(hash(a), hash(b));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
