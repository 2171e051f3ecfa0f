import { z } from 'zod';
import { operation, type ProductApi } from '../http/operation.ts';

const getCallerIdentity = operation('GetCallerIdentity', z.object({}), (_params, call) => {
  const { accountId } = call.world.credentials;
  const name = call.caller === 'account' ? 'user/sandbox' : 'assumed-role/sandbox/session';
  return {
    AccountId: accountId,
    Arn: `acs:ram::${accountId}:${name}`,
    IdentityType: call.caller === 'account' ? 'RAMUser' : 'AssumedRoleUser',
    PrincipalId: '210000000000000001',
    UserId: '210000000000000001',
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
