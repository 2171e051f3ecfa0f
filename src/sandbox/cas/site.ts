import { type CertificateFacts, factsOf } from '../x509/facts.ts';

/** The two stores of the certificate service; load balancers in mainland regions and Hong Kong use the first. */
export const siteNames = ['cn-hangzhou', 'ap-southeast-1'] as const;
export type SiteName = (typeof siteNames)[number];

export function siteOfRegion(region: string): SiteName {
  return region.startsWith('cn-') ? 'cn-hangzhou' : 'ap-southeast-1';
}

/** A server certificate in the store, with its key. */
export interface StoredCertificate {
  readonly id: number;
  /** What a load balancer calls it: `<id>-<site>`. */
  readonly identifier: string;
  readonly name: string;
  /** Leaf first, as uploaded. */
  readonly chain: readonly string[];
  readonly keyPem: string;
  readonly facts: CertificateFacts;
  readonly origin: Origin;
  readonly instanceId: string;
  readonly resourceGroupId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** Issued through an order of the certificate service, or brought by the customer. */
export type Origin =
  | { readonly kind: 'issued'; readonly orderId: number }
  | { readonly kind: 'uploaded' };

/** A CA certificate in a repository of the site. */
export interface RepositoryCertificate {
  /** Bare identifier; a load balancer calls it `<identifier>-<site>`. */
  readonly identifier: string;
  readonly warehouseId: number;
  readonly pem: string;
  readonly facts: CertificateFacts;
}

export interface NewCertificate {
  readonly name: string;
  readonly chain: readonly string[];
  readonly keyPem: string;
  readonly origin: 'issued' | 'uploaded';
  readonly tags?: StoredCertificate['tags'];
}

/** One site's store. Ids grow; a deleted id is never used again. */
export class CertificateSite {
  readonly name: SiteName;
  readonly #certificates = new Map<number, StoredCertificate>();
  readonly #repository: RepositoryCertificate[] = [];
  #nextId: number;
  #nextOrder = 920_001;

  constructor(name: SiteName) {
    this.name = name;
    this.#nextId = name === 'cn-hangzhou' ? 15_230_001 : 8_410_001;
  }

  add(certificate: NewCertificate): StoredCertificate {
    const id = this.#nextId;
    this.#nextId += 1;
    const leaf = certificate.chain[0] ?? '';
    const stored: StoredCertificate = {
      id,
      identifier: `${id}-${this.name}`,
      name: certificate.name,
      chain: certificate.chain,
      keyPem: certificate.keyPem,
      facts: factsOf(leaf),
      origin: this.#origin(certificate.origin),
      instanceId: `cas-${certificate.origin === 'issued' ? 'ivauto' : 'upload'}-${id.toString(36)}`,
      resourceGroupId: 'rg-acfmsandbox0001',
      tags: certificate.tags ?? [],
    };
    this.#certificates.set(id, stored);
    return stored;
  }

  addToRepository(identifier: string, warehouseId: number, pem: string): RepositoryCertificate {
    const stored = { identifier, warehouseId, pem, facts: factsOf(pem) };
    this.#repository.push(stored);
    return stored;
  }

  get(id: number): StoredCertificate | null {
    return this.#certificates.get(id) ?? null;
  }

  /** By the name a load balancer uses. */
  find(identifier: string): StoredCertificate | null {
    return this.all().find((certificate) => certificate.identifier === identifier) ?? null;
  }

  findCa(identifier: string): RepositoryCertificate | null {
    const suffix = `-${this.name}`;
    return this.#repository.find((ca) => `${ca.identifier}${suffix}` === identifier) ?? null;
  }

  delete(id: number): boolean {
    return this.#certificates.delete(id);
  }

  all(): readonly StoredCertificate[] {
    return [...this.#certificates.values()];
  }

  repository(): readonly RepositoryCertificate[] {
    return this.#repository;
  }

  #origin(kind: NewCertificate['origin']): Origin {
    if (kind === 'uploaded') return { kind };
    const orderId = this.#nextOrder;
    this.#nextOrder += 1;
    return { kind, orderId };
  }
}

/** `find` by a growing list is fine for a few thousand certificates; ids say which site to ask. */
export type Sites = Readonly<Record<SiteName, CertificateSite>>;

export function emptySites(): Sites {
  return {
    'cn-hangzhou': new CertificateSite('cn-hangzhou'),
    'ap-southeast-1': new CertificateSite('ap-southeast-1'),
  };
}
