import type { Authority } from '../x509/authority.ts';
import { type CertificateFacts, factsOf } from '../x509/facts.ts';

/** A CA of the private CA service, root or below another. */
export interface PrivateCa {
  /** Hex digits or a UUID; a load balancer calls it `<identifier>-<site>`. */
  readonly identifier: string;
  /** Null for a root. */
  readonly parentIdentifier: string | null;
  /** What was bought, and what certificates are counted against. */
  readonly instanceId: string;
  readonly alias: string;
  readonly pem: string;
  /** Itself first, its root last. */
  readonly chain: readonly string[];
  readonly facts: CertificateFacts;
  readonly authority: Authority;
  readonly revoked: boolean;
}

/** A certificate that a private CA has issued. */
export interface PrivateCertificate {
  readonly id: number;
  readonly identifier: string;
  readonly parentIdentifier: string;
  readonly type: 'CLIENT' | 'SERVER';
  readonly alias: string;
  readonly pem: string;
  readonly facts: CertificateFacts;
  readonly revoked: boolean;
}

export type NewPrivateCa = Pick<
  PrivateCa,
  'identifier' | 'parentIdentifier' | 'instanceId' | 'alias' | 'authority'
>;

export type NewPrivateCertificate = Pick<
  PrivateCertificate,
  'identifier' | 'parentIdentifier' | 'type' | 'alias' | 'pem'
>;

/** What the private CA service of one site holds, oldest first. */
export class PrivateCas {
  readonly #cas = new Map<string, PrivateCa>();
  readonly #certificates = new Map<string, PrivateCertificate>();
  #nextId = 1_806_001;

  add(ca: NewPrivateCa): PrivateCa {
    const { pem, intermediates } = ca.authority;
    const held = {
      ...ca,
      pem,
      chain: [pem, ...intermediates],
      facts: factsOf(pem),
      revoked: false,
    };
    this.#cas.set(ca.identifier, held);
    return held;
  }

  addCertificate(certificate: NewPrivateCertificate): PrivateCertificate {
    const id = this.#nextId;
    this.#nextId += 1;
    const held = { ...certificate, id, facts: factsOf(certificate.pem), revoked: false };
    this.#certificates.set(certificate.identifier, held);
    return held;
  }

  find(identifier: string): PrivateCa | null {
    return this.#cas.get(identifier) ?? null;
  }

  all(): readonly PrivateCa[] {
    return [...this.#cas.values()];
  }

  certificates(): readonly PrivateCertificate[] {
    return [...this.#certificates.values()];
  }

  /** Revokes a CA or a certificate. Returns whether there is one. */
  revoke(identifier: string): boolean {
    const ca = this.#cas.get(identifier);
    if (ca !== undefined) this.#cas.set(identifier, { ...ca, revoked: true });
    const certificate = this.#certificates.get(identifier);
    if (certificate !== undefined) {
      this.#certificates.set(identifier, { ...certificate, revoked: true });
    }
    return ca !== undefined || certificate !== undefined;
  }
}
