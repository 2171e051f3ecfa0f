import type { Listener, PortRange, Protocol } from './model.ts';
import { refused } from './refusals.ts';

/** Where a listener listens: one port, or 0 and a range. */
export interface PortPlace {
  /** UDP and the others do not meet; that TCP and UDP may share a port is not documented. */
  readonly udp: boolean;
  /** 0 for an any-port listener. */
  readonly port: number;
  readonly range: PortRange;
}

interface PortParameters {
  readonly ListenerProtocol: Protocol;
  readonly ListenerPort: number;
  readonly StartPort?: number | undefined;
  readonly EndPort?: number | undefined;
}

/** Reads the ports asked for. Throws the refusal of those that make no sense. */
export function portPlaceOf(params: PortParameters): PortPlace {
  const { ListenerProtocol: protocol, ListenerPort: port } = params;
  const range = port === 0 ? anyPortRange(params) : { start: port, end: port };
  const sensible = 1 <= range.start && range.start <= range.end && range.end <= 65_535;
  // TLS on a range of ports is not documented either way; the sandbox could not serve it.
  if (!sensible || (port === 0 && protocol === 'TCPSSL')) throw refused('IllegalParam.Port');
  return { udp: protocol === 'UDP', port, range };
}

/** Throws the refusal when a listener of the same load balancer is there already. */
export function checkPlace(place: PortPlace, others: readonly Listener[]): void {
  const inTheWay = others.map(placeOf).find((other) => meet(place, other));
  if (inTheWay === undefined) return;
  if (place.port === 0 && inTheWay.port === 0) throw refused('DuplicatedParam.listener');
  throw refused('Conflict.Port', place.port === 0 ? inTheWay.port : place.port);
}

function anyPortRange({ StartPort: start, EndPort: end }: PortParameters): PortRange {
  if (start === undefined) throw refused('MissingParam.StartPort');
  if (end === undefined) throw refused('MissingParam.EndPort');
  return { start, end };
}

function placeOf({ protocol, port, portRange }: Listener): PortPlace {
  return { udp: protocol === 'UDP', port, range: portRange ?? { start: port, end: port } };
}

function meet(one: PortPlace, other: PortPlace): boolean {
  const overlap = one.range.start <= other.range.end && other.range.start <= one.range.end;
  return one.udp === other.udp && overlap;
}
