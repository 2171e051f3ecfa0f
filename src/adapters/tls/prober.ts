import { setMaxListeners } from 'node:events';
import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Endpoint, Network } from '../../domain/listener.ts';
import type { Observation, Probe } from '../../domain/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Prober } from '../../ports/prober.ts';
import { openDeadline } from './deadline.ts';
import { type DialMap, dial, readDialMap } from './dial.ts';
import { dialFailure, type Failure, handshakeFailure } from './failure.ts';
import { handshake } from './handshake.ts';
import { openLimiter, type Turn } from './limiter.ts';
import { type ClientIdentity, openOffers } from './offer.ts';
import { openPeers } from './peer.ts';
import { type Facts, type Readers, readServed } from './reading.ts';
import { openTrust } from './trust.ts';

export interface ProberOptions {
  /** Private addresses are reached only in the VPCs listed. */
  readonly vantage: { readonly networks: readonly Network[]; readonly vpcs: readonly string[] };
  /** `host:port` to connect to instead of `host:port`; IPv6 in brackets. */
  readonly dial: Readonly<Record<string, string>>;
  /** Trust roots in PEM beside Node's built-in ones. */
  readonly roots: readonly string[];
  /** Client identities by name. */
  readonly identities: ReadonlyMap<string, ClientIdentity>;
  /** For one connection and handshake together, in milliseconds. Waiting for a turn does not count. */
  readonly timeoutMs: number;
  /** Connections open at the same time. */
  readonly concurrency: number;
  /** New connections a second to one load balancer; left out, unlimited. Proofs count per address. */
  readonly perLoadBalancerPerSecond?: number;
  /**
   * How long a server that asks for a client certificate may take to refuse ours, beyond two round trips. 250 ms unless
   * given. Servers that do not ask are never waited for.
   */
  readonly answerWaitMs?: number;
  readonly clock: Clock;
}

/**
 * A prober over real sockets. Every observation is a connection of its own, by address, without session resumption.
 * Throws `config.invalid` for a root, identity or dial override that cannot be used.
 */
export function openProber(options: ProberOptions): Prober {
  const { clock, vantage } = options;
  const offers = openOffers(options.roots, options.identities);
  const parts: Parts = {
    dialMap: readDialMap(options.dial),
    readers: { readPeer: openPeers(), judgeTrust: openTrust(options.roots) },
    answerWaitMs: options.answerWaitMs ?? 250,
    clock,
  };
  const limiter = openLimiter({
    concurrency: options.concurrency,
    perKeyPerSecond: options.perLoadBalancerPerSecond ?? null,
    clock,
  });

  return {
    perLoadBalancerPerSecond: options.perLoadBalancerPerSecond ?? null,
    reaches: (endpoint) => isInside(vantage, endpoint),
    async observe(probe, signal) {
      signal.throwIfAborted();
      if (!isInside(vantage, probe.endpoint)) return failedAtOnce(outsideVantage, clock);
      // One signal stops a whole scan: many looks wait on it at once, which is no leak.
      setMaxListeners(0, signal);
      const context = offers(probe);
      if (context === null) return failedAtOnce(noIdentity, clock);
      return limiter.run(turnOf(probe), signal, () =>
        observeInTime(parts, { probe, context, timeoutMs: options.timeoutMs }, signal),
      );
    },
  };
}

/** A scan has time; a proof that waited for the other zones of its load balancer could miss its deadline. */
function turnOf({ endpoint, loadBalancerId, isProof = false }: Probe): Turn {
  return { key: isProof ? endpoint.address : loadBalancerId, isUrgent: isProof };
}

/** What every attempt needs. */
interface Parts {
  readonly dialMap: DialMap;
  readonly readers: Readers;
  readonly answerWaitMs: number;
  readonly clock: Clock;
}

interface Attempt {
  readonly probe: Probe;
  readonly context: SecureContext;
  readonly timeoutMs: number;
}

async function observeInTime(
  parts: Parts,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Observation> {
  const { clock } = parts;
  const at = clock.now();
  const started = clock.monotonic();
  const deadline = openDeadline(attempt.timeoutMs, signal);
  try {
    const result = await observeOnce(parts, attempt, deadline.signal);
    signal.throwIfAborted();
    const millis = clock.monotonic() - started;
    return 'reason' in result
      ? { kind: 'failed', at, ...result, millis }
      : { ...result, at, millis };
  } finally {
    deadline.clear();
  }
}

async function observeOnce(
  { dialMap, readers, answerWaitMs, clock }: Parts,
  { probe, context }: Attempt,
  stop: AbortSignal,
): Promise<Facts | Failure> {
  const started = clock.monotonic();
  const { endpoint, serverName, alpn } = probe;
  const dialled = await dial(dialMap(endpoint.address, endpoint.port), stop);
  if (dialled.kind === 'failed') return dialFailure(dialled.error);
  if (dialled.kind === 'stopped') return noConnection;

  // A refusal needs one round trip after our last message; a second one allows for a lost packet.
  const roundTrip = clock.monotonic() - started;
  const sighting = await handshake(
    dialled.socket,
    { context, serverName: sniOf(serverName), alpn, answerWaitMs: answerWaitMs + 2 * roundTrip },
    stop,
  );
  return readServed(sighting, serverName, clock.now(), readers) ?? handshakeFailure(sighting);
}

function failedAtOnce(failure: Failure, clock: Clock): Observation {
  return { kind: 'failed', at: clock.now(), ...failure, millis: 0 };
}

const noConnection: Failure = { reason: 'timeout', detail: 'no connection in time' };

const outsideVantage: Failure = {
  reason: 'outside-vantage',
  detail: 'this daemon does not reach that network',
};

/** A mistake of ours, not of the server; a value all the same, because one bad probe must not end a scan. */
const noIdentity: Failure = {
  reason: 'handshake-failed',
  detail: 'no client identity of that name is configured',
};

function isInside({ networks, vpcs }: ProberOptions['vantage'], endpoint: Endpoint): boolean {
  if (!networks.includes(endpoint.network)) return false;
  if (endpoint.network !== 'private') return true;
  return endpoint.vpcId !== null && vpcs.includes(endpoint.vpcId);
}

/** An address is not a server name (RFC 6066 3): clients that connect by address send none. */
function sniOf(serverName: string | null): string | null {
  return serverName === null || isIP(serverName) !== 0 ? null : serverName;
}
