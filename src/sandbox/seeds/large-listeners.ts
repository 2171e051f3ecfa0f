import type { Tag } from '../nlb/model.ts';
import { type PlannedListener, type PlannedLoadBalancer, plainTls } from './plan.ts';
import type { Random } from './random.ts';

export interface Place {
  readonly region: string;
  /** All zones of the region; a load balancer is in two of them. */
  readonly zones: readonly string[];
}

export interface Order {
  readonly team: string;
  /** Among the load balancers of its region, from 0. */
  readonly number: number;
  /** How many TLS listeners. */
  readonly size: number;
}

/** What the listeners of one team may hold, and how many of it some listener holds already. */
export interface Wardrobe {
  readonly keys: readonly string[];
  worn: number;
}

/** One load balancer in the making. */
interface Making extends Order {
  /** The cluster whose controller manages it. */
  readonly cluster: string | null;
  /** How many additional certificates there is room for. */
  room: number;
  /** Whether all that room is used. */
  readonly fills: boolean;
}

/** The documented limit of additional certificates, over all listeners of an instance. */
const additionalAtMost = 25;
/** Those of a listener, in a seed where most have none. */
const manyAdditional = 15;
const firstPort = 8443;

/** Plans one load balancer, and its listeners with the certificates of its team. */
export function loadBalancerOf(
  order: Order,
  { region, zones }: Place,
  wardrobe: Wardrobe,
  random: Random,
): PlannedLoadBalancer {
  const { team, number, size } = order;
  const fills = number % 20 === 0;
  const making: Making = {
    ...order,
    cluster: number % 16 === 5 ? `c${random.id(32)}` : null,
    room: fills ? additionalAtMost : random.below(12),
    fills,
  };
  const first = random.below(zones.length);
  return {
    id: `nlb-${random.id(18)}`,
    name: `${team}-${String(number).padStart(3, '0')}`,
    region,
    zones: [first, first + 1].map((zone) => zones[zone % zones.length] ?? region),
    addressType: random.chance(0.2) ? 'Intranet' : 'Internet',
    vpcId: `vpc-${region.replaceAll('-', '')}${team}`,
    tags: tagsOf(making, random),
    listeners: [
      ...Array.from({ length: size }, (_, index) => tlsListener(index, making, wardrobe, random)),
      ...otherListeners(making, random),
    ],
  };
}

/** A company's own tags, and on some those of the controller of Kubernetes clusters, for what it made or was lent. */
function tagsOf({ team, number, cluster }: Making, random: Random): readonly Tag[] {
  const own = [
    { key: 'env', value: random.chance(0.75) ? 'prod' : 'stage' },
    { key: 'team', value: team },
  ];
  if (cluster === null) return own;
  const lent = number % 32 === 5;
  return [
    ...own,
    { key: 'ack.aliyun.com', value: cluster },
    lent
      ? { key: 'kubernetes.reused.by.user', value: 'true' }
      : { key: 'kubernetes.do.not.delete', value: `a${random.id(31)}` },
  ];
}

const policies = [
  'tls_cipher_policy_1_2',
  'tls_cipher_policy_1_2_strict',
  'tls_cipher_policy_1_2_strict_with_1_3',
  'tls_cipher_policy_1_0',
] as const;

function tlsListener(
  index: number,
  making: Making,
  wardrobe: Wardrobe,
  random: Random,
): PlannedListener {
  const port = firstPort + index;
  const certificate = wear(wardrobe, random);
  return {
    ...plainTls,
    id: `lsn-${random.id(18)}@${port}`,
    port,
    description: descriptionOf(port, making),
    certificate,
    additional: additionalOf(index, making, random, [certificate, ...wardrobe.keys]),
    clientAuth: random.chance(0.03),
    policy: random.pick(policies),
    alpn: random.chance(0.1) ? 'HTTP2Preferred' : null,
    tags: random.chance(0.1) ? [{ key: 'tier', value: 'edge' }] : [],
  };
}

/** The next one that nobody has, or one that many have. */
function wear(wardrobe: Wardrobe, random: Random): string {
  const fresh = wardrobe.keys[wardrobe.worn];
  if (fresh === undefined || random.chance(0.5)) return random.pickEarly(wardrobe.keys);
  wardrobe.worn += 1;
  return fresh;
}

/** All different, and none the default one, which comes first in `keys`. */
function additionalOf(
  index: number,
  making: Making,
  random: Random,
  [certificate = '', ...keys]: readonly string[],
): readonly string[] {
  const others = keys.filter((key) => key !== certificate);
  const count = Math.min(wanted(index, making, random), making.room, others.length);
  making.room -= count;
  const start = random.below(others.length);
  return Array.from({ length: count }, (_, next) => others[(start + next) % others.length] ?? '');
}

/** Most listeners have none; where the instance is to be full, the first has many and the others take the rest. */
function wanted(index: number, { fills, room }: Making, random: Random): number {
  if (fills) return index === 0 ? manyAdditional : room;
  return random.chance(0.3) ? 1 + random.below(4) : 0;
}

/** The controller of a cluster gives its listeners names of its own. */
function descriptionOf(port: number, { team, number, cluster }: Making): string {
  if (cluster === null) return `${team}/${number}-${port}`;
  return `k8s.${port}.tcp.gateway-${number}.${team}.${cluster}`;
}

/** On some, a redirect and a resolver beside the TLS listeners. */
function otherListeners({ team, number }: Making, random: Random): readonly PlannedListener[] {
  const plain = (protocol: 'TCP' | 'UDP', port: number): PlannedListener => ({
    protocol,
    id: `lsn-${random.id(18)}@${port}`,
    port,
    description: `${team}/${protocol.toLowerCase()}`,
    tags: [],
  });
  return [
    ...(number % 8 === 3 ? [plain('TCP', 8080)] : []),
    ...(number % 16 === 3 ? [plain('UDP', 8053)] : []),
  ];
}
