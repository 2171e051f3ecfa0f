import { type AccessKey, type Credentials, looksLikeToken } from '../credentials.ts';
import type { World } from '../world.ts';
import { type Claim, claimOf } from './claim.ts';
import { gatewayError } from './refusals.ts';
import type { ReceivedRequest } from './received.ts';

const allowedSkew = 15 * 60_000;

/** Who signed a request: the account's own key, a temporary one, or a RAM user who may only read or nothing at all. */
export type Caller = 'account' | 'session' | 'reader' | 'nobody';

interface Key {
  readonly caller: Caller;
  readonly secret: string;
  readonly token: string | null;
  readonly state: 'active' | 'inactive' | 'expired';
}

/** Checks key, token, time, signature and nonce, in the order the gateway does. Throws the refusal. */
export function authenticate(request: ReceivedRequest, world: World): Caller {
  const claim = claimOf(request);
  const key = keyOf(claim.accessKeyId, world.credentials);
  checkToken(key, claim.securityToken);
  checkTime(claim.time, world.clock.now());
  if (!claim.signedWith(key.secret)) throw gatewayError('SignatureDoesNotMatch');
  checkNonce(claim, world);
  return key.caller;
}

function keyOf(accessKeyId: string, credentials: Credentials): Key {
  const found = keysOf(credentials).find((each) => each.accessKeyId === accessKeyId);
  if (found === undefined) throw gatewayError('InvalidAccessKeyId.NotFound');
  if (found.state === 'inactive') throw gatewayError('InvalidAccessKeyId.Inactive');
  return found;
}

function keysOf(known: Credentials): readonly (Key & { readonly accessKeyId: string })[] {
  const { session, expiredSession } = known;
  return [
    active(known, 'account'),
    { ...active(session, 'session'), token: session.securityToken },
    active(known.readOnly, 'reader'),
    active(known.noRights, 'nobody'),
    { ...active(known.inactive, 'nobody'), state: 'inactive' },
    {
      ...active(expiredSession, 'session'),
      token: expiredSession.securityToken,
      state: 'expired',
    },
  ];
}

function active({ accessKeyId, accessKeySecret }: AccessKey, caller: Caller) {
  return { accessKeyId, caller, secret: accessKeySecret, token: null, state: 'active' } as const;
}

function checkToken(key: Key, sent: string | undefined): void {
  if (sent === undefined) {
    if (key.token !== null) throw gatewayError('MissingSecurityToken');
    return;
  }
  if (!looksLikeToken(sent)) throw gatewayError('InvalidSecurityToken.Malformed');
  if (sent !== key.token) throw gatewayError('InvalidSecurityToken.MismatchWithAccessKey');
  if (key.state === 'expired') throw gatewayError('InvalidSecurityToken.Expired');
}

function checkTime(sent: string | undefined, now: number): void {
  if (sent === undefined || sent === '') throw gatewayError('MissingTimestamp');
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(sent) ? Date.parse(sent) : NaN;
  if (Number.isNaN(time)) throw gatewayError('InvalidTimeStamp.Format');
  if (Math.abs(time - now) > allowedSkew) throw gatewayError('InvalidTimeStamp.Expired');
}

/**
 * Last, so that a forged request cannot use up an honest one's nonce. Remembered by the machine's time: a clock that a
 * fault makes jump would forget them all at once.
 */
function checkNonce({ accessKeyId, nonce }: Claim, world: World): void {
  if (nonce === undefined || nonce === '') throw gatewayError('MissingSignatureNonce');
  const now = performance.now();
  for (const [known, until] of world.nonces) {
    if (until > now) break;
    world.nonces.delete(known);
  }
  const key = `${accessKeyId} ${nonce}`;
  if (world.nonces.has(key)) throw gatewayError('SignatureNonceUsed');
  world.nonces.set(key, now + 2 * allowedSkew);
}
