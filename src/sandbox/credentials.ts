import { randomBytes } from 'node:crypto';

/** A pair that signs requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** A temporary key as the token service hands out; its token must come along. */
interface SessionKey extends AccessKey {
  readonly securityToken: string;
}

/** The access keys the endpoints know. Fresh for every sandbox, kept over a reset. */
export interface Credentials extends AccessKey {
  readonly accountId: string;
  readonly session: SessionKey;
  /** A RAM user that may list, get and describe, private keys excepted. */
  readonly readOnly: AccessKey;
  /** A RAM user without any permission. */
  readonly noRights: AccessKey;
  /** A key that its owner has disabled. */
  readonly inactive: AccessKey;
  /** A temporary key that has run out. */
  readonly expiredSession: SessionKey;
}

export function newCredentials(): Credentials {
  return {
    accountId: '1000000000000001',
    ...newKey(),
    session: newSession(),
    readOnly: newKey(),
    noRights: newKey(),
    inactive: newKey(),
    expiredSession: newSession(),
  };
}

/** The keys with which refusals can be brought about. */
export function unusualKeys({ readOnly, noRights, inactive, expiredSession }: Credentials) {
  return { readOnly, noRights, inactive, expiredSession };
}

/** Whether a security token has the form of one, whosever it may be. */
export function looksLikeToken(token: string): boolean {
  return /^CAIS[A-Za-z0-9+/]{40,}={0,2}$/.test(token);
}

function newKey(): AccessKey {
  return { accessKeyId: `LTAI5tSandbox${randomHex(4)}`, accessKeySecret: randomHex(15) };
}

function newSession(): SessionKey {
  return {
    accessKeyId: `STS.Sandbox${randomHex(4)}`,
    accessKeySecret: randomHex(15),
    securityToken: `CAIS${randomBytes(60).toString('base64')}`,
  };
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
