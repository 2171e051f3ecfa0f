import type { ClientAuth, Observation, ServedCertificate } from '../../domain/observation.ts';
import type { Sighting } from './handshake.ts';
import { answersFor, fingerprintOf, type Peer, type ReadPeer } from './peer.ts';
import type { JudgeTrust } from './trust.ts';

/** An observation without when and how long. */
export type Facts = Omit<Extract<Observation, { kind: 'served' }>, 'at' | 'millis'>;

export interface Readers {
  readonly readPeer: ReadPeer;
  readonly judgeTrust: JudgeTrust;
}

/**
 * Turns a sighting into what the server proved; null when it proved nothing. A server that breaks off because it wants
 * another client certificate has proved its leaf; one that breaks off for any other reason serves nobody.
 */
export function readServed(
  sighting: Sighting,
  serverName: string | null,
  now: Date,
  { readPeer, judgeTrust }: Readers,
): Facts | null {
  if (!sighting.completed && !brokeOffForClientAuth(sighting)) return null;
  const sent = certificatesSent(sighting);
  const peers = sent.map(readPeer);
  const [leaf] = peers;
  if (leaf === undefined || leaf === null) return null;
  return {
    kind: 'served',
    leaf: leaf.facts,
    chain: sent.map(fingerprintOf),
    protocol: sighting.protocol,
    cipher: sighting.cipher,
    trust: judgeTrust({
      chain: peers.filter(isReadable).map(({ x509 }) => x509),
      openssl: sighting.authorizationError,
      now,
    }),
    nameCovered: coverage(leaf.facts, serverName),
    clientAuth: clientAuthOf(sighting),
    caNames: sighting.flight.caNames,
  };
}

function brokeOffForClientAuth({ proven, flight, ending }: Sighting): boolean {
  return proven && flight.asksClient === true && isBrokenOff(ending);
}

function isBrokenOff(ending: Sighting['ending']): boolean {
  return ending.kind === 'closed' || ending.kind === 'error';
}

/** Falls back to the leaf that OpenSSL has, should the server's messages be in a form that we cannot read. */
function certificatesSent({ flight, peer }: Sighting): readonly Buffer[] {
  if (flight.certificates.length > 0) return flight.certificates;
  return peer === null ? [] : [peer];
}

/**
 * `required`: the server asked and refused us as we were. `requested`: it asked and let us stay. In TLS 1.3 our side
 * finishes before the server judges our certificate, so there silence is `unknown`.
 */
function clientAuthOf({ flight, ending, protocol, answered }: Sighting): ClientAuth {
  if (flight.asksClient === null) return 'unknown';
  if (!flight.asksClient) return 'none';
  if (isBrokenOff(ending)) return 'required';
  if (ending.kind === 'stopped') return 'unknown';
  return answered || protocol !== 'TLSv1.3' ? 'requested' : 'unknown';
}

function coverage(leaf: ServedCertificate, serverName: string | null): boolean | null {
  return serverName === null ? null : answersFor(leaf, serverName);
}

function isReadable(peer: Peer | null): peer is Peer {
  return peer !== null;
}
