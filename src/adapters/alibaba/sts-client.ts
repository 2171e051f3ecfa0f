import type { $OpenApiUtil } from '@alicloud/openapi-core';
import type { Reply } from './replies.ts';
import { RpcClient } from './rpc-client.ts';

/** The one operation of STS, version 2015-04-01, that tells who we are. It needs no permission. */
export class StsClient extends RpcClient {
  constructor(config: $OpenApiUtil.Config) {
    super(config, '2015-04-01');
  }

  async getCallerIdentity(): Promise<Reply> {
    return this.viaQuery('GetCallerIdentity', {});
  }
}
