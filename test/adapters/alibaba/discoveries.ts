import type { Discovery, Listeners } from '../../../src/ports/listeners.ts';
import type { Received } from './cloud-server.ts';
import { never } from './parts.ts';
import { certificateRow, loadBalancerRow } from './shapes.ts';

/** Everything a discovery of the region tells. */
export async function discovered(
  listeners: Listeners,
  signal: AbortSignal = never,
): Promise<readonly Discovery[]> {
  const all: Discovery[] = [];
  for await (const found of listeners.discover('cn-hangzhou', signal)) all.push(found);
  return all;
}

/** The listeners found and the actions that failed, in order. */
export function idsOf(found: readonly Discovery[]): readonly string[] {
  return found.map((one) =>
    one.kind === 'listener' ? one.state.ref.listenerId : `missing ${one.missing.action}`,
  );
}

export const defaultRow = certificateRow('1-cn-hangzhou', { IsDefault: true });
/** A listener's only certificate. */
export const rows = { json: { RequestId: 'r', Certificates: [defaultRow], TotalCount: 1 } };
export const oneLoadBalancer = {
  json: { LoadBalancers: [loadBalancerRow('nlb-1')], TotalCount: 1 },
};

/** Answers with the page that `NextToken` names: `''` is the first. */
export function paged(pages: Readonly<Record<string, object>>) {
  return ({ params }: Received) => ({ json: pages[params['NextToken'] ?? ''] ?? {} });
}
