import type { Missing } from '../domain/inventory.ts';
import type { Endpoint, ListenerState } from '../domain/listener.ts';
import type { Prober } from '../ports/prober.ts';
import { type Check, counted, failed, ok, skipped, warning } from './doctor-check.ts';

/** Enough to see whether a load balancer can be reached, few enough for nobody to notice. */
const probesPerLoadBalancer = 4;

const shownFailures = 5;

/** What was found in one account. */
export interface Found {
  readonly account: string;
  readonly states: readonly ListenerState[];
  readonly missing: readonly Missing[];
}

/** Whether everything of the account could be listed. */
export function checkListing({ account, states, missing }: Found): Check {
  const name = `listeners ${account}`;
  const detail = counted(states.length, 'TLS listener');
  if (missing.length === 0) return ok(name, detail);
  const unread = missing.map(({ action, region, code }) => `${action} in ${region}: ${code}`);
  return failed(
    name,
    `${detail}, and not all could be read (${[...new Set(unread)].join(', ')})`,
    null,
  );
}

/** Which endpoints of running listeners are in vantage, per VPC. A zone is seen when one of its addresses is. */
export function checkVantage(prober: Prober, { account, states }: Found): Check {
  const name = `vantage ${account}`;
  const running = states.filter(({ status }) => status === 'running');
  const endpoints = running.flatMap((state) => state.endpoints);
  if (endpoints.length === 0) return skipped(name, 'no running TLS listener');
  const inside = endpoints.filter((endpoint) => prober.reaches(endpoint));
  const detail = `${inside.length} of ${counted(endpoints.length, 'endpoint')} in vantage (${perVpc(prober, endpoints)})`;
  const blind = running.filter((state) => hasBlindZone(prober, state));
  if (blind.length === 0) return ok(name, detail);
  return warning(
    name,
    `${detail}; ${counted(blind.length, 'listener')} with a zone that cannot be seen from here`,
    'what cannot be seen is not proven: extend probe.vantage to what this machine reaches, or choose verify.blind',
  );
}

function perVpc(prober: Prober, endpoints: readonly Endpoint[]): string {
  const vpcs = new Map<string, { inside: number; outside: number }>();
  for (const endpoint of endpoints) {
    const vpc = endpoint.vpcId ?? 'no VPC';
    const { inside, outside } = vpcs.get(vpc) ?? { inside: 0, outside: 0 };
    const reached = prober.reaches(endpoint);
    vpcs.set(vpc, { inside: inside + (reached ? 1 : 0), outside: outside + (reached ? 0 : 1) });
  }
  return [...vpcs]
    .map(([vpc, { inside, outside }]) => `${vpc}: ${inside} in, ${outside} out`)
    .join('; ');
}

function hasBlindZone(prober: Prober, { endpoints }: ListenerState): boolean {
  const seen = new Set(endpoints.filter((each) => prober.reaches(each)).map(({ zone }) => zone));
  return endpoints.some(({ active, zone }) => active && !seen.has(zone));
}

/** Handshakes with a few endpoints of every load balancer. Rejects only when aborted. */
export async function checkEndpoints(
  prober: Prober,
  { account, states }: Found,
  signal: AbortSignal,
): Promise<Check> {
  const name = `endpoints ${account}`;
  const chosen = [...byLoadBalancer(states).values()].flatMap((listeners) =>
    listeners
      .flatMap(({ ref, endpoints, alpn }) =>
        endpoints.map((endpoint) => ({ endpoint, loadBalancerId: ref.loadBalancerId, alpn })),
      )
      .filter(({ endpoint }) => endpoint.active && prober.reaches(endpoint))
      .slice(0, probesPerLoadBalancer),
  );
  if (chosen.length === 0) return skipped(name, 'no endpoint in vantage to look at');
  const silent = await Promise.all(
    chosen.map(async (where) => {
      const probe = { ...where, serverName: null, keyType: 'any', client: null } as const;
      const observation = await prober.observe(probe, signal);
      if (observation.kind === 'served') return [];
      const { zone, address, port } = where.endpoint;
      return [`${zone} ${address}:${port} ${observation.reason}`];
    }),
  );
  return judgeEndpoints(name, chosen.length, silent.flat());
}

function judgeEndpoints(name: string, tried: number, silent: readonly string[]): Check {
  if (silent.length === 0) return ok(name, `${counted(tried, 'endpoint')} tried, all answered`);
  const more = silent.length - shownFailures;
  const shown = silent.slice(0, shownFailures).join(', ');
  const detail = `${silent.length} of ${counted(tried, 'endpoint')} tried did not answer: ${shown}`;
  return failed(
    name,
    more > 0 ? `${detail}, and ${more} more` : detail,
    'let this machine connect there (routes, security groups, access lists), or take the network out of probe.vantage',
  );
}

function byLoadBalancer(
  states: readonly ListenerState[],
): ReadonlyMap<string, readonly ListenerState[]> {
  const groups = new Map<string, ListenerState[]>();
  for (const state of states) {
    if (state.status !== 'running') continue;
    const { region, loadBalancerId } = state.ref;
    const key = `${region}/${loadBalancerId}`;
    groups.set(key, [...(groups.get(key) ?? []), state]);
  }
  return groups;
}
