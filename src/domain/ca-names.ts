import type { CertificateId } from './certificate.ts';
import type { ServedAt } from './inventory.ts';
import type { BoundCertificate } from './listener.ts';

/** Nobody tells when this certificate ends. */
export interface ExpiryUnknown {
  readonly kind: 'expiry-unknown';
  readonly certificateId: CertificateId;
  /**
   * Of a CA certificate: the names (RFC 4514) that the listener tells clients when it asks for their certificates, a hint which CA
   * this is. Of a server certificate, and where nothing was told: empty.
   */
  readonly caNames: readonly string[];
  /** Why a CA certificate has no names here; null when it has, or is none. */
  readonly caNamesWhy: CaNamesGap | null;
}

/**
 * `none-named`: the listener asks for certificates and says that it names no CA. `not-told`: it asks in TLS 1.3, where it need not
 * say, and answers no TLS 1.2. `not-seen`: no handshake from here was asked for a certificate.
 */
type CaNamesGap = 'none-named' | 'not-told' | 'not-seen';

export function expiryUnknown(
  { id, slot }: Pick<BoundCertificate, 'id' | 'slot'>,
  served: readonly ServedAt[],
): ExpiryUnknown {
  const hint = slot === 'ca' ? caHint(served) : { caNames: [], caNamesWhy: null };
  return { kind: 'expiry-unknown', certificateId: id, ...hint };
}

function caHint(served: readonly ServedAt[]): Pick<ExpiryUnknown, 'caNames' | 'caNamesWhy'> {
  const asking = served.flatMap(({ observation }) =>
    observation.kind === 'served' && observation.clientAuth !== 'none' ? [observation] : [],
  );
  const caNames = [...new Set(asking.flatMap((seen) => seen.caNames ?? []))].toSorted();
  if (caNames.length > 0) return { caNames, caNamesWhy: null };
  if (asking.some((seen) => seen.caNames !== null)) return { caNames, caNamesWhy: 'none-named' };
  return { caNames, caNamesWhy: asking.length > 0 ? 'not-told' : 'not-seen' };
}
