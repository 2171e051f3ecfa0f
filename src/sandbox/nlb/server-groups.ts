import type { Call } from '../http/operation.ts';
import type { LoadBalancer, Protocol } from './model.ts';
import { refused } from './refusals.ts';

/** A group of servers that listeners send their traffic to. */
export interface ServerGroup {
  readonly id: string;
  readonly vpcId: string;
  readonly protocol: 'TCP' | 'UDP';
  /** Servers see the client's address, which a TCPSSL listener cannot give them. */
  readonly preservesClientIp: boolean;
  /** Servers are reached on the port the client asked for: for any-port listeners only. */
  readonly anyPort: boolean;
  readonly nonNormal: readonly NonNormalServer[];
}

interface NonNormalServer {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly status: 'Initial' | 'Unhealthy' | 'Unavailable';
  readonly reason: string;
}

type Kind = Omit<ServerGroup, 'id' | 'vpcId'> & { readonly elsewhere?: boolean };

const plain: Kind = { protocol: 'TCP', preservesClientIp: false, anyPort: false, nonNormal: [] };

const ailing: NonNormalServer = {
  id: 'i-sandboxailing00001',
  ip: '192.168.10.7',
  port: 8080,
  status: 'Unhealthy',
  reason: 'CONNECT_TIMEOUT',
};

/** What follows the load balancer's own part in the id of each group. */
const kinds: Readonly<Record<string, Kind>> = {
  '': plain,
  '-udp': { ...plain, protocol: 'UDP' },
  '-anyport': { ...plain, anyPort: true },
  '-clientip': { ...plain, preservesClientIp: true },
  '-elsewhere': { ...plain, elsewhere: true },
  '-ailing': { ...plain, nonNormal: [ailing] },
};

const groupId = /^sgp-([a-z0-9]+)(-[a-z]+)?$/;

/**
 * The server group of that id in this region, or the 404 the API answers. Groups are not made: every load balancer
 * `nlb-x` comes with `sgp-x` (TCP) and with `-udp`, `-anyport`, `-clientip` (keeps client addresses), `-elsewhere` (of
 * another network) and `-ailing` (a server is unhealthy) after that.
 */
export function requireServerGroup(id: string, call: Call): ServerGroup {
  const [, owner = '', suffix = ''] = groupId.exec(id) ?? [];
  const loadBalancer = call.world.balancing.loadBalancer(`nlb-${owner}`);
  const kind = Object.hasOwn(kinds, suffix) ? kinds[suffix] : undefined;
  if (loadBalancer?.region !== call.region || kind === undefined) {
    throw refused('ResourceNotFound.serverGroup');
  }
  const { elsewhere = false, ...group } = kind;
  return { ...group, id, vpcId: elsewhere ? `${loadBalancer.vpcId}-other` : loadBalancer.vpcId };
}

/** The servers of a group that are not well; none for a group that is not known. */
export function nonNormalServers(id: string): readonly NonNormalServer[] {
  const suffix = groupId.exec(id)?.[2] ?? '';
  return Object.hasOwn(kinds, suffix) ? (kinds[suffix]?.nonNormal ?? []) : [];
}

/** Whether a listener of this protocol on this load balancer may use the group. */
export function checkServerGroup(
  group: ServerGroup,
  { vpcId, id }: LoadBalancer,
  protocol: Protocol,
): void {
  if (group.vpcId !== vpcId) throw refused('Mismatch.VpcId', id, group.id);
  if ((protocol === 'UDP') !== (group.protocol === 'UDP')) {
    throw refused('Mismatch.Protocol', protocol, group.protocol);
  }
  if (protocol === 'TCPSSL' && group.preservesClientIp) {
    throw refused('IllegalParam.PreserveClientIpSwitch');
  }
}
