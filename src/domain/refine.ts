import type { Certificate } from './certificate.ts';
import type { ListenerState } from './listener.ts';

/** A row gives days as the earliest instant they can mean in any time zone; the exact one is within two days of it. */
const dayPrecision = 2 * 86_400_000;

/**
 * The newer reading of one certificate, completed by what an earlier one knew better: a store gives some facts only on
 * request, and what an id names never changes. A different fingerprint means a different certificate: nothing is carried.
 */
export function refine(earlier: Certificate | null, later: Certificate): Certificate {
  if (earlier === null || !mayBeSameLeaf(earlier, later)) return later;
  return {
    ...later,
    fingerprint256: later.fingerprint256 ?? earlier.fingerprint256,
    keyType: later.keyType ?? earlier.keyType,
    keyBits: later.keyBits ?? earlier.keyBits,
    issuer: later.issuer ?? earlier.issuer,
    selfSigned: later.selfSigned ?? earlier.selfSigned,
    notBefore: exacter(earlier.notBefore, later.notBefore),
    notAfter: exacter(earlier.notAfter, later.notAfter),
  };
}

/** The newer reading of one listener. What a custom TLS policy allows is read apart, and a failure there leaves what was known. */
export function refineListener(earlier: ListenerState | null, later: ListenerState): ListenerState {
  if (later.tlsVersions !== undefined || earlier?.tlsVersions === undefined) return later;
  if (earlier.tlsPolicy !== later.tlsPolicy) return later;
  return { ...later, tlsVersions: earlier.tlsVersions };
}

function mayBeSameLeaf(a: Certificate, b: Certificate): boolean {
  return (
    a.fingerprint256 === null || b.fingerprint256 === null || a.fingerprint256 === b.fingerprint256
  );
}

/** Of two readings of one instant the later one is the exact one, as a day is told by its earliest instant. */
function exacter(earlier: Date | null, later: Date | null): Date | null {
  if (earlier === null || later === null) return later ?? earlier;
  const ahead = earlier.getTime() - later.getTime();
  return ahead > 0 && ahead < dayPrecision ? earlier : later;
}
