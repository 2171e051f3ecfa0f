import type { Closing } from './closing.ts';
import { openGateway } from './http/gateway.ts';
import { products } from './products.ts';
import type { World } from './world.ts';

/** Host and port by product and region. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Opens an HTTP endpoint for every product and region, on the port asked for or a free one. */
export async function openEndpoints(options: {
  readonly regions: readonly string[];
  readonly ports: Readonly<Record<string, number>>;
  readonly world: () => World;
  readonly closing: Closing;
}): Promise<Endpoints> {
  const open = products.map(async ({ api, regions }) => {
    const offered = regions === 'of the seed' ? options.regions : regions;
    const addresses = offered.map(async (region) => {
      const port = options.ports[`${api.product}/${region}`] ?? 0;
      const server = await openGateway({ api, region, port, world: options.world });
      options.closing.add(server.close);
      return [region, `127.0.0.1:${server.port}`] as const;
    });
    return [api.product, Object.fromEntries(await Promise.all(addresses))] as const;
  });
  return Object.fromEntries(await Promise.all(open));
}
