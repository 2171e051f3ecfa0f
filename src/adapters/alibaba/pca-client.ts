import type { $OpenApiUtil } from '@alicloud/openapi-core';
import type { Reply } from './replies.ts';
import { RpcClient } from './rpc-client.ts';

/**
 * The private CA part of the certificate service, version 2020-06-30, with the names of the generated SDK, which is not on npm.
 */
export class PcaClient extends RpcClient {
  constructor(config: $OpenApiUtil.Config) {
    super(config, '2020-06-30');
  }

  async describeCACertificateList(request: {
    readonly currentPage: number;
    readonly showSize: number;
  }): Promise<Reply> {
    return this.viaQuery('DescribeCACertificateList', request);
  }
}
