import { z } from 'zod';
import type { Caller } from '../http/authenticate.ts';
import { operation, type ProductApi } from '../http/operation.ts';
import { principalIdOf } from '../http/permission.ts';

const names: Readonly<Record<Caller, string>> = {
  account: 'user/sandbox',
  session: 'assumed-role/sandbox/session',
  reader: 'user/sandbox-read-only',
  nobody: 'user/sandbox-no-rights',
};

const getCallerIdentity = operation('GetCallerIdentity', z.object({}), (_params, call) => {
  const { accountId } = call.world.credentials;
  const id = principalIdOf(call.caller);
  return {
    AccountId: accountId,
    Arn: `acs:ram::${accountId}:${names[call.caller]}`,
    IdentityType: call.caller === 'session' ? 'AssumedRoleUser' : 'RAMUser',
    PrincipalId: id,
    UserId: id,
  };
});

/** Only what tells a client who it is. */
export const stsApi: ProductApi = {
  product: 'sts',
  version: '2015-04-01',
  hostId: (region) => `sts.${region}.aliyuncs.com`,
  operations: [getCallerIdentity],
  errors: {},
  rates: {},
};
