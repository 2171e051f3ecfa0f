import { PrivateCas } from '../pca/private-cas.ts';
import { type CertificateFacts, factsOf } from '../x509/facts.ts';
import { type CertificateOrder, OrderBook } from './order-book.ts';
import { type RepositoryCertificate, syncedRows, UploadedRepository } from './repository-store.ts';

/** The two stores of the certificate service; load balancers in mainland regions and Hong Kong use the first. */
export const siteNames = ['cn-hangzhou', 'ap-southeast-1'] as const;
export type SiteName = (typeof siteNames)[number];

export function siteOfRegion(region: string): SiteName {
  return region.startsWith('cn-') ? 'cn-hangzhou' : 'ap-southeast-1';
}

/** A server certificate in the store. */
export interface StoredCertificate {
  readonly id: number;
  /** What a load balancer calls it: `<id>-<site>`. */
  readonly identifier: string;
  readonly name: string;
  /** Leaf first, as uploaded. */
  readonly chain: readonly string[];
  /** Null when the customer kept it: the certificate was issued for a request of their own. */
  readonly keyPem: string | null;
  /** The pair for Chinese algorithms, uploaded instead of a plain certificate. */
  readonly sm2: Sm2Material | null;
  readonly facts: CertificateFacts;
  readonly origin: Origin;
  readonly instanceId: string;
  readonly resourceGroupId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** One certificate signs and another encrypts, each with a key of its own; all PEM. */
export interface Sm2Material {
  readonly signCert: string;
  readonly signKey: string;
  readonly encryptCert: string;
  readonly encryptKey: string;
}

/** What a load balancer can serve: the store has the key. */
export type BindableCertificate = StoredCertificate & { readonly keyPem: string };

/** Issued through an order of the certificate service, or brought by the customer. */
type Origin = { readonly kind: 'issued'; readonly orderId: number } | { readonly kind: 'uploaded' };

export interface NewCertificate {
  readonly name: string;
  readonly chain: readonly string[];
  readonly keyPem: string | null;
  /** Issued ones without an order get one that is done. */
  readonly origin: 'issued' | 'uploaded';
  readonly tags?: StoredCertificate['tags'];
  readonly sm2?: Sm2Material;
  /** The order that is fulfilled with it. */
  readonly order?: CertificateOrder;
}

/** One site's store. Ids grow; a deleted id is never used again. */
export class CertificateSite {
  readonly name: SiteName;
  readonly orders = new OrderBook();
  /** The private CA service of the site, whose CAs load balancers take too. */
  readonly privateCas = new PrivateCas();
  readonly #certificates = new Map<number, StoredCertificate>();
  /** Deleted ones too: a load balancer has a copy of its own. */
  readonly #everHeld = new Map<string, StoredCertificate>();
  readonly #revoked = new Set<number>();
  readonly #uploaded = new UploadedRepository();
  #nextId: number;

  constructor(name: SiteName) {
    this.name = name;
    this.#nextId = name === 'cn-hangzhou' ? 15_230_001 : 8_410_001;
  }

  add(certificate: NewCertificate): StoredCertificate {
    const id = this.#nextId;
    this.#nextId += 1;
    const { name, chain, keyPem, sm2 = null, tags = [] } = certificate;
    const facts = factsOf(chain[0] ?? sm2?.signCert ?? '');
    const order = this.#orderOf(certificate, facts);
    const stored: StoredCertificate = {
      id,
      identifier: `${id}-${this.name}`,
      name,
      chain,
      keyPem,
      sm2,
      facts,
      ...(order === null ? uploadedAs(id) : issuedThrough(order)),
      resourceGroupId: 'rg-acfmsandbox0001',
      tags,
    };
    this.#certificates.set(id, stored);
    this.#everHeld.set(stored.identifier, stored);
    if (order !== null) this.orders.move(order.id, { kind: 'issued', certificate: stored });
    return stored;
  }

  get(id: number): StoredCertificate | null {
    return this.#certificates.get(id) ?? null;
  }

  /** By the name a load balancer uses; null too when the store has no key for it, since it can then not be bound. */
  find(identifier: string): BindableCertificate | null {
    const found = this.copyOf(identifier);
    return found !== null && this.#certificates.has(found.id) ? found : null;
  }

  /** The same, though it may have been deleted since: what a load balancer was given it keeps. */
  copyOf(identifier: string): BindableCertificate | null {
    const found = this.#everHeld.get(identifier);
    return found !== undefined && isBindable(found) ? found : null;
  }

  hasName(name: string): boolean {
    return this.all().some((each) => each.name === name);
  }

  delete(id: number): boolean {
    return this.#certificates.delete(id);
  }

  all(): readonly StoredCertificate[] {
    return [...this.#certificates.values()];
  }

  /** Takes an issued certificate back. It stays in the store, and a load balancer keeps serving it. */
  revoke(id: number): void {
    this.#revoked.add(id);
  }

  isRevoked(id: number): boolean {
    return this.#revoked.has(id);
  }

  /** Puts a certificate the customer brought into a repository; a CA certificate unless said otherwise. */
  addToRepository(
    identifier: string,
    warehouseId: number,
    pem: string,
    extras: Partial<Pick<RepositoryCertificate, 'kind' | 'hasKey'>> = {},
  ): RepositoryCertificate {
    return this.#uploaded.add(identifier, warehouseId, pem, extras);
  }

  /** Everything the repositories list, oldest first. Only the mainland site has one that private CAs are copied to. */
  repository(): readonly RepositoryCertificate[] {
    const synced = this.name === 'cn-hangzhou' ? syncedRows(this.privateCas) : [];
    return [...synced, ...this.#uploaded.all()];
  }

  /** Every CA certificate that a listener of this site can be given. */
  caCertificates(): readonly Pick<RepositoryCertificate, 'identifier' | 'pem' | 'facts'>[] {
    return [...this.#uploaded.all().filter((each) => each.kind === 'CA'), ...this.privateCas.all()];
  }

  /** By the name a load balancer uses; a revoked CA certificate is found like any other. */
  findCa(identifier: string): Pick<RepositoryCertificate, 'identifier' | 'pem' | 'facts'> | null {
    const suffix = `-${this.name}`;
    return this.caCertificates().find((ca) => `${ca.identifier}${suffix}` === identifier) ?? null;
  }

  /** Revokes a CA certificate, or one below a private CA, by its bare identifier. Returns whether there is one. */
  revokeInRepository(identifier: string): boolean {
    return this.privateCas.revoke(identifier) || this.#uploaded.revoke(identifier);
  }

  /** A seed's certificates come without the order they are of. */
  #orderOf(certificate: NewCertificate, facts: CertificateFacts): CertificateOrder | null {
    if (certificate.origin === 'uploaded') return null;
    if (certificate.order !== undefined) return certificate.order;
    const { names, algorithm, notBefore } = facts;
    const stage = { kind: 'process' } as const;
    return this.orders.place({ kind: 'CPACK', names, algorithm, boughtAt: notBefore, stage });
  }
}

type Provenance = Pick<StoredCertificate, 'origin' | 'instanceId'>;

function uploadedAs(id: number): Provenance {
  return { origin: { kind: 'uploaded' }, instanceId: `cas-upload-${id.toString(36)}` };
}

function issuedThrough(order: CertificateOrder): Provenance {
  return { origin: { kind: 'issued', orderId: order.id }, instanceId: order.instanceId };
}

function isBindable(certificate: StoredCertificate): certificate is BindableCertificate {
  return certificate.keyPem !== null;
}

/** Ids say which site to ask. */
export type Sites = Readonly<Record<SiteName, CertificateSite>>;

export function emptySites(): Sites {
  return {
    'cn-hangzhou': new CertificateSite('cn-hangzhou'),
    'ap-southeast-1': new CertificateSite('ap-southeast-1'),
  };
}
