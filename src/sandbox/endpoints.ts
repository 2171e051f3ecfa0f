import type { Closing } from './closing.ts';
import { openGateway } from './http/gateway.ts';
import { products } from './products.ts';
import { UsageError } from './usage-error.ts';
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
  checkPorts(options.ports, options.regions);
  const open = products.map(async ({ api, regions }) => {
    const addresses = offeredIn(regions, options.regions).map(async (region) => {
      const port = options.ports[`${api.product}/${region}`] ?? 0;
      const server = await openGateway({ api, region, port, world: options.world });
      options.closing.add(server.close);
      return [region, `127.0.0.1:${server.port}`] as const;
    });
    return [api.product, Object.fromEntries(await Promise.all(addresses))] as const;
  });
  return Object.fromEntries(await Promise.all(open));
}

function offeredIn(
  regions: (typeof products)[number]['regions'],
  ofTheSeed: readonly string[],
): readonly string[] {
  return regions === 'of the seed' ? ofTheSeed : regions;
}

/** A port for an endpoint that does not exist would go unnoticed. */
function checkPorts(ports: Readonly<Record<string, number>>, ofTheSeed: readonly string[]): void {
  const known = products.flatMap(({ api, regions }) =>
    offeredIn(regions, ofTheSeed).map((region) => `${api.product}/${region}`),
  );
  const unknown = Object.keys(ports).find((endpoint) => !known.includes(endpoint));
  if (unknown === undefined) return;
  throw new UsageError(
    `there is no endpoint ${unknown} to give a port; there are ${known.join(', ')}`,
  );
}
