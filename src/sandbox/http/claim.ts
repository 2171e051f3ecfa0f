import { gatewayError } from './refusals.ts';
import type { ReceivedRequest } from './received.ts';
import {
  type Authorization,
  parseAuthorization,
  sameSignature,
  sha256Hex,
  sign,
} from './signature.ts';
import { signV1 } from './signature-v1.ts';

/** What a request says about who made it and when, by either signature. */
export interface Claim {
  readonly accessKeyId: string;
  readonly securityToken: string | undefined;
  /** As sent; not checked yet. */
  readonly time: string | undefined;
  readonly nonce: string | undefined;
  /** Whether the signature was made with this secret and covers what was received. */
  readonly signedWith: (secret: string) => boolean;
}

/** Reads the claim of a signed request. Throws IncompleteSignature when there is none that can be read. */
export function claimOf(request: ReceivedRequest): Claim {
  const header = request.headers['authorization'];
  if (header === undefined && carriesV1(request)) return claimV1(request);
  const authorization = parseAuthorization(header ?? '');
  if (authorization === null) throw gatewayError('IncompleteSignature');
  return claimV3(request, authorization);
}

/** Whether the older scheme is used: everything about the signature is a parameter. */
export function carriesV1(request: ReceivedRequest): boolean {
  return [...request.query, ...request.form].some(([name]) => name === 'Signature');
}

function claimV3(request: ReceivedRequest, authorization: Authorization): Claim {
  const { headers } = request;
  checkSignedHeaders(headers, authorization.signedHeaders);
  return {
    accessKeyId: authorization.credential,
    securityToken: headers['x-acs-security-token'],
    time: headers['x-acs-date'],
    nonce: headers['x-acs-signature-nonce'],
    signedWith: (secret) =>
      headers['x-acs-content-sha256'] === sha256Hex(request.body) &&
      sameSignature(
        sign({ ...request, signedHeaders: authorization.signedHeaders }, secret),
        authorization.signature,
      ),
  };
}

/** A signature that leaves these out would let them be changed on the way. */
function checkSignedHeaders(headers: ReceivedRequest['headers'], signed: readonly string[]): void {
  const covered = new Set(signed);
  const sent = Object.keys(headers).filter((name) => name.startsWith('x-acs-'));
  if (['host', 'x-acs-content-sha256', ...sent].every((name) => covered.has(name))) return;
  throw gatewayError('IncompleteSignature');
}

function claimV1(request: ReceivedRequest): Claim {
  const pairs = [...request.query, ...request.form];
  const values = new Map(pairs);
  if (values.get('SignatureMethod') !== 'HMAC-SHA1' || values.get('SignatureVersion') !== '1.0') {
    throw gatewayError('IncompleteSignature');
  }
  const accessKeyId = values.get('AccessKeyId');
  if (accessKeyId === undefined) throw gatewayError('MissingAccessKeyId');
  return {
    accessKeyId,
    securityToken: values.get('SecurityToken'),
    time: values.get('Timestamp'),
    nonce: values.get('SignatureNonce'),
    signedWith: (secret) =>
      sameSignature(signV1(request.method, pairs, secret), values.get('Signature') ?? ''),
  };
}
