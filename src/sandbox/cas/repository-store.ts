import type { PrivateCa, PrivateCas, PrivateCertificate } from '../pca/private-cas.ts';
import { type CertificateFacts, factsOf } from '../x509/facts.ts';

/** A CA certificate, or a certificate below a private CA, in a repository of the site. */
export interface RepositoryCertificate {
  /** Bare identifier; a load balancer calls it `<identifier>-<site>`. */
  readonly identifier: string;
  readonly warehouseId: number;
  readonly pem: string;
  readonly facts: CertificateFacts;
  readonly kind: 'CA' | 'CERT';
  /** Brought by the customer, or come over from the private CA service. */
  readonly source: 'upload' | 'aliyun';
  readonly hasKey: boolean;
  readonly revoked: boolean;
}

/** Which repositories there are: every site has one for what customers bring, the mainland one another for private CAs. */
export const warehouses = {
  uploaded: { id: 12, name: 'uploaded-ca', instanceId: 'cas-wh-sandbox0001' },
  synced: { id: 13, name: 'private-ca', instanceId: 'cas-wh-sandbox0002' },
} as const;

type Extras = Partial<Pick<RepositoryCertificate, 'kind' | 'hasKey'>>;

/** What the customer brought. */
export class UploadedRepository {
  readonly #rows = new Map<string, RepositoryCertificate>();

  add(
    identifier: string,
    warehouseId: number,
    pem: string,
    { kind = 'CA', hasKey = false }: Extras,
  ): RepositoryCertificate {
    const row: RepositoryCertificate = {
      identifier,
      warehouseId,
      pem,
      facts: factsOf(pem),
      kind,
      source: 'upload',
      hasKey,
      revoked: false,
    };
    this.#rows.set(identifier, row);
    return row;
  }

  /** Returns whether there is such a certificate. */
  revoke(identifier: string): boolean {
    const row = this.#rows.get(identifier);
    if (row === undefined) return false;
    this.#rows.set(identifier, { ...row, revoked: true });
    return true;
  }

  all(): readonly RepositoryCertificate[] {
    return [...this.#rows.values()];
  }
}

/** The private CAs and their certificates as a repository has them. */
export function syncedRows(privateCas: PrivateCas): readonly RepositoryCertificate[] {
  return [
    ...privateCas.all().map((ca) => syncedRow(ca, 'CA')),
    ...privateCas.certificates().map((certificate) => syncedRow(certificate, 'CERT')),
  ];
}

function syncedRow(
  { identifier, pem, facts, revoked }: PrivateCa | PrivateCertificate,
  kind: 'CA' | 'CERT',
): RepositoryCertificate {
  const warehouseId = warehouses.synced.id;
  return { identifier, warehouseId, pem, facts, kind, source: 'aliyun', hasKey: true, revoked };
}
