import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** What a sink may talk to besides ordinary addresses. */
export interface Reach {
  /** This machine itself: for the demo and for receivers that run beside the daemon. */
  readonly loopback: boolean;
  /** Link-local addresses and the metadata services of clouds. */
  readonly linkLocal: boolean;
}

/** An address that may be connected to. */
interface Target {
  readonly address: string;
  readonly family: 4 | 6;
}

const loopback = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

/** Whoever answers here may hand out the machine's credentials or belongs to no receiver at all. */
const linkLocal = blockList([
  ['169.254.0.0', 16, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
  // The same IPv4 addresses through NAT64.
  ['64:ff9b::a9fe:0', 112, 'ipv6'],
  ['64:ff9b::6464:64c8', 128, 'ipv6'],
]);

/** No address of a host: `0.0.0.0` reaches this machine, the rest are groups. */
const nowhere = blockList([
  ['0.0.0.0', 8, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
]);

/**
 * Resolves a host once and gives those of its addresses that may be connected to; none when all are refused. The caller must
 * connect to one of exactly these: a second look-up may answer otherwise. Rejects with the resolver's error.
 */
export async function targetsOf(hostname: string, reach: Reach): Promise<readonly Target[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const found =
    isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host, family: isIP(host) }];
  return found
    .filter(({ address, family }) => isAllowed(address, family, reach))
    .map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function isAllowed(address: string, family: number, reach: Reach): boolean {
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  if (nowhere.check(address, kind)) return false;
  if (loopback.check(address, kind)) return reach.loopback;
  return reach.linkLocal || !linkLocal.check(address, kind);
}

function blockList(subnets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix, kind] of subnets) list.addSubnet(network, prefix, kind);
  return list;
}
