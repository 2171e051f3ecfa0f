import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The parts of a request that its signature covers. Query pairs are decoded; header names are lower case. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly signedHeaders: readonly string[];
}

const algorithm = 'ACS3-HMAC-SHA256';

export interface Authorization {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Reads an Authorization header; null when it is not one of this scheme. */
export function parseAuthorization(header: string): Authorization | null {
  const match =
    /^ACS3-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (match === null) return null;
  const [, credential = '', names = '', signature = ''] = match;
  return { credential, signedHeaders: names.split(';'), signature };
}

export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

export function canonicalRequest(request: SignedRequest): string {
  const query = request.query
    .toSorted(([left], [right]) => (left < right ? -1 : Number(left > right)))
    .map(([name, value]) => `${name}=${strictEncode(value)}`)
    .join('&');
  const headers = request.signedHeaders
    .map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`)
    .join('');
  return [
    request.method,
    request.path,
    query,
    headers,
    request.signedHeaders.join(';'),
    request.headers['x-acs-content-sha256'] ?? '',
  ].join('\n');
}

/** The signature as lower hex. The secret is used as it is. */
export function sign(request: SignedRequest, secret: string): string {
  const toSign = `${algorithm}\n${sha256Hex(canonicalRequest(request))}`;
  return createHmac('sha256', secret).update(toSign).digest('hex');
}

export function sameSignature(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** RFC 3986: what encodeURIComponent leaves bare and the scheme does not. */
export function strictEncode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
