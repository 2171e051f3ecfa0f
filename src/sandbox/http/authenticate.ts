import type { Credentials } from '../credentials.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import type { ReceivedRequest } from './received.ts';
import { parseAuthorization, sameSignature, sha256Hex, sign } from './signature.ts';

const allowedSkew = 15 * 60_000;

/** Who signed a request. */
export type Caller = 'account' | 'session';

interface Key {
  readonly caller: Caller;
  readonly secret: string;
  readonly token: string | null;
}

/** Checks key, time, nonce, body and signature, in the order the gateway does. Throws the refusal. */
export function authenticate(request: ReceivedRequest, world: World): Caller {
  const authorization = parseAuthorization(request.headers['authorization'] ?? '');
  if (authorization === null) {
    throw new ApiError(
      'IncompleteSignature',
      'The request signature does not conform to Aliyun standards.',
    );
  }
  const key = keyOf(authorization.credential, world.credentials);
  checkToken(key, request.headers['x-acs-security-token']);
  checkTime(request.headers['x-acs-date'], world.clock.now());
  checkBody(request);
  checkSignedHeaders(authorization.signedHeaders);
  const expected = sign({ ...request, signedHeaders: authorization.signedHeaders }, key.secret);
  if (!sameSignature(expected, authorization.signature)) throw mismatch();
  checkNonce(request.headers['x-acs-signature-nonce'], world);
  return key.caller;
}

function keyOf(accessKeyId: string, credentials: Credentials): Key {
  const { session } = credentials;
  if (accessKeyId === credentials.accessKeyId) {
    return { caller: 'account', secret: credentials.accessKeySecret, token: null };
  }
  if (accessKeyId === session.accessKeyId) {
    return { caller: 'session', secret: session.accessKeySecret, token: session.securityToken };
  }
  throw new ApiError('InvalidAccessKeyId.NotFound', 'Specified access key is not found.', {
    status: 404,
  });
}

function checkToken(key: Key, sent: string | undefined): void {
  if (key.token !== null && sent === undefined) {
    throw new ApiError('MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  if (sent !== undefined && sent !== key.token) {
    throw new ApiError(
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    );
  }
}

function checkTime(sent: string | undefined, now: number): void {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(sent ?? '') ? Date.parse(sent ?? '') : NaN;
  if (Number.isNaN(time)) {
    throw new ApiError(
      'InvalidTimeStamp.Format',
      'Specified time stamp or date value is not well formatted.',
    );
  }
  if (Math.abs(time - now) > allowedSkew) {
    throw new ApiError(
      'InvalidTimeStamp.Expired',
      'Specified time stamp or date value is expired.',
    );
  }
}

function checkBody(request: ReceivedRequest): void {
  if (request.headers['x-acs-content-sha256'] !== sha256Hex(request.body)) throw mismatch();
}

/** A signature that leaves these out would let them be changed on the way. */
function checkSignedHeaders(names: readonly string[]): void {
  const needed = ['host', 'x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-content-sha256'];
  if (needed.every((name) => names.includes(name))) return;
  throw new ApiError(
    'IncompleteSignature',
    'The request signature does not cover every required header.',
  );
}

/** Last, so that a forged request cannot use up an honest one's nonce. */
function checkNonce(nonce: string | undefined, world: World): void {
  if (nonce === undefined || nonce === '') {
    throw new ApiError('MissingSignatureNonce', 'SignatureNonce is mandatory for this action.');
  }
  const now = world.clock.now();
  for (const [known, until] of world.nonces) {
    if (until > now) break;
    world.nonces.delete(known);
  }
  if (world.nonces.has(nonce)) {
    throw new ApiError('SignatureNonceUsed', 'Specified signature nonce was used already.');
  }
  world.nonces.set(nonce, now + 2 * allowedSkew);
}

function mismatch(): ApiError {
  return new ApiError(
    'SignatureDoesNotMatch',
    'Specified signature is not matched with our calculation.',
    { status: 403 },
  );
}
