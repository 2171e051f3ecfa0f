import { casApi } from './cas/api.ts';
import { siteNames } from './cas/site.ts';
import type { Closing } from './closing.ts';
import { openGateway } from './http/gateway.ts';
import type { ProductApi } from './http/operation.ts';
import { nlbApi } from './nlb/api.ts';
import { stsApi } from './sts/api.ts';
import type { World } from './world.ts';

/** Host and port by product and region. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Which product answers where. A new product is one line here. */
function productsIn(
  regions: readonly string[],
): readonly { readonly api: ProductApi; readonly regions: readonly string[] }[] {
  return [
    { api: nlbApi, regions },
    { api: casApi, regions: siteNames },
    { api: stsApi, regions },
  ];
}

/** Opens an HTTP endpoint for every product and region, on the port asked for or a free one. */
export async function openEndpoints(options: {
  readonly regions: readonly string[];
  readonly ports: Readonly<Record<string, number>>;
  readonly world: () => World;
  readonly closing: Closing;
}): Promise<Endpoints> {
  const open = productsIn(options.regions).map(async ({ api, regions }) => {
    const addresses = regions.map(async (region) => {
      const port = options.ports[`${api.product}/${region}`] ?? 0;
      const server = await openGateway({ api, region, port, world: options.world });
      options.closing.add(server.close);
      return [region, `127.0.0.1:${server.port}`] as const;
    });
    return [api.product, Object.fromEntries(await Promise.all(addresses))] as const;
  });
  return Object.fromEntries(await Promise.all(open));
}
