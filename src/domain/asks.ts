import { answerers, type Bound } from './bound.ts';
import { covers } from './certificate.ts';
import { probeName } from './matrix.ts';
import type { KeyOffer } from './observation.ts';

/** What to ask an endpoint for. */
export interface Ask {
  /** Null sends no server name. */
  readonly serverName: string | null;
  readonly keyType: KeyOffer;
}

/**
 * What shows whether a listener serves what is bound: no server name, and each name of its server certificates up to `mostNames`.
 * A name that certificates of both key types answer is asked for by clients of either kind, any other by an ordinary client.
 */
export function asksFor(bound: readonly Bound[], mostNames: number): readonly Ask[] {
  const names = namesToAsk(bound).slice(0, mostNames);
  return [null, ...names].flatMap((serverName) =>
    offersFor(bound, serverName).map((keyType) => ({ serverName, keyType })),
  );
}

/**
 * Every server name worth asking for, with a made-up label for a wildcard. First come those of which a few must do when not all
 * can be asked for: one a certificate, that no other certificate of the listener answers if there is one, as it tells them apart.
 */
function namesToAsk(bound: readonly Bound[]): readonly string[] {
  const servers = bound.filter(({ row }) => row.slot !== 'ca');
  const telling = servers.flatMap((server) => {
    const own = askableNames(server);
    const others = servers.filter((other) => other !== server);
    return own.find((name) => !others.some((other) => answers(other, name))) ?? own[0] ?? [];
  });
  return [...new Set([...telling, ...servers.flatMap(askableNames)])];
}

/** The names of one certificate that a client can ask for. */
export function askableNames({ certificate }: Bound): readonly string[] {
  return [...new Set((certificate?.names ?? []).map(probeName).filter(isHostName))];
}

function answers({ certificate }: Bound, name: string): boolean {
  return certificate !== null && covers(certificate, name);
}

/** SNI carries host names only (RFC 6066 3): addresses in a certificate cannot be asked for. */
function isHostName(name: string): boolean {
  return !name.includes(':') && !/^[\d.]+$/.test(name);
}

function offersFor(bound: readonly Bound[], serverName: string | null): readonly KeyOffer[] {
  const types = new Set(
    answerers(bound, { serverName, keyType: 'any' }).map(({ certificate }) => certificate?.keyType),
  );
  return types.has('rsa') && types.has('ecdsa') ? ['rsa', 'ecdsa'] : ['any'];
}

/**
 * How long a pass over load balancers takes at least, in milliseconds: each has its own rate, so the one with the most looks ends
 * last. Null when no rate is set.
 */
export function passTime(
  looks: ReadonlyMap<string, number>,
  perSecond: number | null,
): number | null {
  return perSecond === null ? null : (Math.max(0, ...looks.values()) / perSecond) * 1000;
}
