import { randomBytes } from 'node:crypto';

/** The access keys the endpoints accept. Fresh for every sandbox, kept over a reset. */
export interface Credentials {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** A temporary key as the token service hands out; its token must come along. */
  readonly session: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken: string;
  };
}

export function newCredentials(): Credentials {
  return {
    accountId: '1000000000000001',
    accessKeyId: `LTAI5tSandbox${randomHex(4)}`,
    accessKeySecret: randomHex(15),
    session: {
      accessKeyId: `STS.Sandbox${randomHex(4)}`,
      accessKeySecret: randomHex(15),
      securityToken: randomHex(60),
    },
  };
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
