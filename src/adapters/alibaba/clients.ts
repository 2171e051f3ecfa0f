import cas from '@alicloud/cas20200407';
import credentials from '@alicloud/credentials';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import type { StoreSite } from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import { NlbClient } from './nlb-client.ts';
import { StsClient } from './sts-client.ts';

/** Keys from the configuration. */
export interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Set for temporary keys only. */
  readonly securityToken: string | null;
}

/** Other endpoints than the public ones, by product and then region (site for `cas`): `host`, `host:port` or a whole origin. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface ClientParts {
  /** Null takes the official default chain: environment, RRSA, profiles, ECS RAM role. */
  readonly keys: Keys | null;
  readonly endpoints: Endpoints;
  readonly attemptMs: number;
}

export type CasClient = InstanceType<typeof cas.default>;

/** The SDK clients of one account, each made once. Endpoints are always given: the SDK's own map sends some regions to the wrong store. */
export class Clients {
  readonly #parts: ClientParts;
  readonly #credentials: Credentials;
  readonly #nlb = new Map<string, NlbClient>();
  readonly #cas = new Map<StoreSite, CasClient>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#credentials = credentialsOf(parts.keys);
  }

  nlb(region: string): NlbClient {
    const host = this.#parts.endpoints['nlb']?.[region] ?? `nlb.${region}.aliyuncs.com`;
    return once(this.#nlb, region, () => new NlbClient(this.#config(host, region)));
  }

  cas(site: StoreSite): CasClient {
    const host = this.#parts.endpoints['cas']?.[site] ?? casHosts[site];
    return once(this.#cas, site, () => new cas.default(this.#config(host, site)));
  }

  sts(): StsClient {
    const configured = Object.values(this.#parts.endpoints['sts'] ?? {}).at(0);
    return new StsClient(this.#config(configured ?? 'sts.aliyuncs.com', 'cn-hangzhou'));
  }

  /**
   * `connectTimeout` is really the socket's idle time-out, so it gets the same value: a smaller one would cut off an answer that
   * is still being worked on.
   */
  #config(host: string, regionId: string): $OpenApiUtil.Config {
    const { attemptMs } = this.#parts;
    return new $OpenApiUtil.Config({
      ...endpointOf(host),
      ...this.#credentials,
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

type Credentials = Keys | { readonly credential: ChainCredential };

function credentialsOf(keys: Keys | null): Credentials {
  return keys ?? { credential: new ChainCredential() };
}

/** The official chain. What it throws names files and addresses of this machine, so it is told in our words. */
class ChainCredential extends credentials.default {
  #worked = false;

  override async getCredential(): ReturnType<
    InstanceType<typeof credentials.default>['getCredential']
  > {
    try {
      const found = await super.getCredential();
      this.#worked = true;
      return found;
    } catch {
      throw this.#failure();
    }
  }

  /** Credentials that worked before and cannot be renewed now are an outage, not a mistake in the configuration. */
  #failure(): NewleafError {
    return this.#worked
      ? new NewleafError('cloud.unavailable', 'renewing the cloud credentials failed', {
          fields: { definite: true },
        })
      : new NewleafError(
          'cloud.credentials',
          'no cloud credentials found in environment, profiles or instance role',
          { fields: { definite: true } },
        );
  }
}

function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}
