import type { StoredCertificate } from './site.ts';

/** How far an order has come. */
export type OrderStage =
  /** Paid for; the application is not yet with the authority. */
  | { readonly kind: 'payed' }
  /** The authority looks into it. */
  | { readonly kind: 'process' }
  /** The authority waits for a proof that the names are the customer's. */
  | { readonly kind: 'domain-verify'; readonly method: ValidationMethod }
  | { readonly kind: 'verify-fail' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'issued'; readonly certificate: StoredCertificate };

/** By a DNS record of one of two types, or by a file below the name. */
export type ValidationMethod = 'TXT' | 'CNAME' | 'FILE';

/** An order for a certificate: one of a package of many, or bought singly. */
export interface CertificateOrder {
  readonly id: number;
  readonly kind: 'CPACK' | 'BUY';
  /** The resource id, which the certificate of the order has too. */
  readonly instanceId: string;
  readonly names: readonly string[];
  readonly algorithm: 'RSA' | 'ECC';
  /** Milliseconds since 1970. */
  readonly boughtAt: number;
  readonly stage: OrderStage;
}

export type NewOrder = Omit<CertificateOrder, 'id' | 'instanceId'>;

/** The orders of one site. Ids grow. An order outlives a certificate that is deleted. */
export class OrderBook {
  readonly #orders = new Map<number, CertificateOrder>();
  #nextId = 920_001;

  place(order: NewOrder): CertificateOrder {
    const id = this.#nextId;
    this.#nextId += 1;
    const placed = { ...order, id, instanceId: `cas-ivauto-${id.toString(36)}` };
    this.#orders.set(id, placed);
    return placed;
  }

  get(id: number): CertificateOrder | null {
    return this.#orders.get(id) ?? null;
  }

  /** Brings an order to another stage. Returns the order as it is now, or null when there is none. */
  move(id: number, stage: OrderStage): CertificateOrder | null {
    const order = this.#orders.get(id);
    if (order === undefined) return null;
    const moved = { ...order, stage };
    this.#orders.set(id, moved);
    return moved;
  }

  all(): readonly CertificateOrder[] {
    return [...this.#orders.values()];
  }
}
