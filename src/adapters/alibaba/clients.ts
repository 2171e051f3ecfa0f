import cas from '@alicloud/cas20200407';
import cms from '@alicloud/cms20190101';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import type { StoreSite } from '../../domain/certificate.ts';
import { type ChosenCredential, type CredentialSource, openCredential } from './credentials.ts';
import { NlbClient } from './nlb-client.ts';
import { PcaClient } from './pca-client.ts';
import { StsClient } from './sts-client.ts';

/** Other endpoints than the public ones, by product and then region (site for `cas` and `pca`): `host`, `host:port` or a whole origin. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface ClientParts {
  readonly credentials: CredentialSource;
  readonly endpoints: Endpoints;
  readonly attemptMs: number;
}

export type CasClient = InstanceType<typeof cas.default>;

/** The SDK clients of one account, each made once. Endpoints are always given: the SDK's own map sends some regions to the wrong store. */
export class Clients {
  readonly #parts: ClientParts;
  readonly #credential: ChosenCredential;
  readonly #nlb = new Map<string, NlbClient>();
  readonly #cas = new Map<StoreSite, CasClient>();
  readonly #pca = new Map<StoreSite, PcaClient>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
    const { attemptMs } = parts;
    this.#credential = openCredential(parts.credentials, { ...this.#stsPlace(), attemptMs });
  }

  nlb(region: string): NlbClient {
    const host = this.#parts.endpoints['nlb']?.[region] ?? `nlb.${region}.aliyuncs.com`;
    return once(this.#nlb, region, () => new NlbClient(this.#config(host, region)));
  }

  cas(site: StoreSite): CasClient {
    const host = this.#parts.endpoints['cas']?.[site] ?? casHosts[site];
    return once(this.#cas, site, () => new cas.default(this.#config(host, site)));
  }

  pca(site: StoreSite): PcaClient {
    const host = this.#parts.endpoints['pca']?.[site] ?? casHosts[site];
    return once(this.#pca, site, () => new PcaClient(this.#config(host, site)));
  }

  cms(region: string): InstanceType<typeof cms.default> {
    const host = this.#parts.endpoints['cms']?.[region] ?? monitorHost(region);
    return new cms.default(this.#config(host, region));
  }

  sts(): StsClient {
    const { endpoint, protocol } = this.#stsPlace();
    return new StsClient(this.#config(`${protocol}://${endpoint}`, 'cn-hangzhou'));
  }

  #stsPlace(): ReturnType<typeof endpointOf> {
    const configured = Object.values(this.#parts.endpoints['sts'] ?? {}).at(0);
    return endpointOf(configured ?? 'sts.aliyuncs.com');
  }

  /**
   * `connectTimeout` is really the socket's idle time-out, so it gets the same value: a smaller one would cut off an answer that
   * is still being worked on.
   */
  #config(host: string, regionId: string): $OpenApiUtil.Config {
    const { attemptMs } = this.#parts;
    return new $OpenApiUtil.Config({
      ...endpointOf(host),
      credential: this.#credential,
      regionId,
      connectTimeout: attemptMs,
      readTimeout: attemptMs,
    });
  }
}

const casHosts: Readonly<Record<StoreSite, string>> = {
  'cn-hangzhou': 'cas.aliyuncs.com',
  'ap-southeast-1': 'cas.ap-southeast-1.aliyuncs.com',
};

/** The one region that has its service under another name. */
function monitorHost(region: string): string {
  const prefix = region === 'cn-hangzhou-finance' ? 'cms' : 'metrics';
  return `${prefix}.${region}.aliyuncs.com`;
}

/**
 * Where and how to call. Plain HTTP is for sandboxes: asked for as `http://`, or an address without scheme on this machine.
 */
export function endpointOf(host: string): { readonly endpoint: string; readonly protocol: string } {
  const whole = /^(?<scheme>https?):\/\/(?<rest>[^/]+)\/?$/.exec(host)?.groups;
  if (whole !== undefined) {
    return { endpoint: whole['rest'] ?? host, protocol: whole['scheme'] ?? 'https' };
  }
  const local = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/.test(host);
  return { endpoint: host, protocol: local ? 'http' : 'https' };
}

function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}
