import { siteNames } from '../cas/site.ts';
import { findCertificate } from '../data-plane/served.ts';
import type { Operation } from '../http/operation.ts';
import { products } from '../products.ts';
import type { World } from '../world.ts';
import { neverNamed } from './aim.ts';
import type { Fault } from './book.ts';
import { impossibleToRebind } from './rebinding.ts';

/** Why a fault can never strike in this world, or null: a misspelt name would look like a healthy cloud. */
export function impossible(fault: Fault, world: World): string | null {
  return (
    unknownAction(fault) ??
    unknownRegion(fault, world) ??
    unknownZone(fault, world) ??
    unknownListener(fault, world) ??
    unknownCertificate(fault, world) ??
    aimedAtNothing(fault)
  );
}

/** Only load balancing has jobs, and only CloudMonitor refuses inside a success. */
const onlyIn: Partial<Record<Fault['kind'], string>> = {
  'fail-job': 'nlb',
  'stuck-job': 'nlb',
  rebind: 'nlb',
  'refuse-inside-200': 'cms',
};

/** Only writes have jobs, and only lists have pages. Every other kind may be about any action. */
const onlyFor: Partial<Record<Fault['kind'], (operation: Operation) => boolean>> = {
  'fail-job': isWrite,
  'stuck-job': isWrite,
  rebind: isWrite,
  'repeat-page': hasPages,
};

function isWrite({ action }: Operation): boolean {
  return !/^(List|Get|Describe)/.test(action);
}

function hasPages({ parameters }: Operation): boolean {
  return ['NextToken', 'CurrentPage', 'PageNumber'].some((name) => name in parameters.shape);
}

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
  const actions = concerned
    .flatMap((api) => api.operations)
    .filter((operation) => onlyFor[fault.kind]?.(operation) !== false)
    .map((operation) => operation.action);
  if (action === '*' || actions.includes(action)) return null;
  const whose = product === undefined ? '' : ` of ${product}`;
  return `no action ${action}${whose} for ${fault.kind}; there are ${[...new Set(actions)].join(', ')}`;
}

/** A fault may be aimed at what the calls it waits for never name. */
function aimedAtNothing(fault: Fault): string | null {
  const action = actionOf(fault);
  if (action === null || action === '*' || fault.kind === 'rebind') return null;
  const parameters = products
    .flatMap(({ api }) => api.operations)
    .filter((operation) => operation.action === action)
    .flatMap((operation) => Object.keys(operation.parameters.shape));
  const what = neverNamed(fault, new Set(parameters));
  return what === null ? null : `${action} names no ${what}`;
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
  if (!('certificateId' in fault) || fault.certificateId === undefined) return null;
  const { certificateId: id } = fault;
  const known =
    fault.kind === 'wrong-name' ? findCertificate(id, world.sites) !== null : isNamable(id, world);
  return known ? null : `no certificate ${id}`;
}

/** Whether a write could name it: server and CA certificates, bound ones that were deleted since included. */
function isNamable(id: string, { sites }: World): boolean {
  return siteNames
    .map((name) => sites[name])
    .some(
      (site) =>
        site.copyOf(id) !== null ||
        site.findCa(id) !== null ||
        site.all().some(({ identifier }) => identifier === id),
    );
}
