import { siteNames } from '../cas/site.ts';
import { findCertificate } from '../data-plane/served.ts';
import { products } from '../products.ts';
import type { World } from '../world.ts';
import type { Fault } from './book.ts';
import { impossibleToRebind } from './rebinding.ts';

/** Why a fault can never strike in this world, or null: a misspelt name would look like a healthy cloud. */
export function impossible(fault: Fault, world: World): string | null {
  return (
    unknownAction(fault) ??
    unknownRegion(fault, world) ??
    unknownZone(fault, world) ??
    unknownListener(fault, world) ??
    unknownCertificate(fault, world)
  );
}

/** Only load balancing has jobs, and only CloudMonitor refuses inside a success. */
const onlyIn: Partial<Record<Fault['kind'], string>> = {
  'fail-job': 'nlb',
  'stuck-job': 'nlb',
  rebind: 'nlb',
  'refuse-inside-200': 'cms',
};

/** These name the action of a job; the others may mean calls to any action. */
const jobWaiters: ReadonlySet<Fault['kind']> = new Set(['fail-job', 'stuck-job', 'rebind']);

function unknownAction(fault: Fault): string | null {
  const action = actionOf(fault);
  if (action === null) return null;
  const only = onlyIn[fault.kind];
  const apis = products
    .map(({ api }) => api)
    .filter((api) => only === undefined || api.product === only);
  const product = 'product' in fault ? fault.product : undefined;
  const concerned = apis.filter((api) => product === undefined || api.product === product);
  if (concerned.length === 0) {
    return `no product ${product}; there are ${apis.map((api) => api.product).join(', ')}`;
  }
  const actions = concerned.flatMap((api) => api.operations.map((operation) => operation.action));
  if (actions.includes(action) || (action === '*' && !jobWaiters.has(fault.kind))) return null;
  const whose = product === undefined ? '' : ` of ${product}`;
  return `no action ${action}${whose}; there are ${actions.join(', ')}`;
}

/** Whose calls or jobs a fault waits for; null when it waits for none. */
function actionOf(fault: Fault): string | null {
  if (fault.kind === 'rebind') return fault.after?.action ?? null;
  return 'action' in fault ? fault.action : null;
}

function unknownRegion(fault: Fault, { regions }: World): string | null {
  if (!('region' in fault) || fault.region === undefined) return null;
  const known = new Set([...regions, ...siteNames]);
  return known.has(fault.region)
    ? null
    : `no region ${fault.region}; there are ${[...known].join(', ')}`;
}

function unknownZone(fault: Fault, { balancing }: World): string | null {
  if (!('zone' in fault) || fault.zone === undefined) return null;
  const listener = 'listenerId' in fault ? balancing.listener(fault.listenerId ?? '') : null;
  const concerned = balancing
    .loadBalancers()
    .filter((each) => listener === null || each.id === listener.loadBalancerId);
  const zones = new Set(concerned.flatMap((each) => each.zones.map((zone) => zone.id)));
  return zones.has(fault.zone) ? null : `no zone ${fault.zone}; there are ${[...zones].join(', ')}`;
}

function unknownListener(fault: Fault, { balancing }: World): string | null {
  if (!('listenerId' in fault) || fault.listenerId === undefined) return null;
  return balancing.listener(fault.listenerId) === null ? `no listener ${fault.listenerId}` : null;
}

function unknownCertificate(fault: Fault, world: World): string | null {
  if (fault.kind === 'rebind') {
    const listener = world.balancing.listener(fault.listenerId);
    return listener === null ? null : impossibleToRebind(fault, listener, world);
  }
  if (fault.kind !== 'wrong-name' || fault.certificateId === undefined) return null;
  return findCertificate(fault.certificateId, world.sites) === null
    ? `no certificate ${fault.certificateId}`
    : null;
}
