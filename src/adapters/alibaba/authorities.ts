import cas from '@alicloud/cas20200407';
import type { Certificate, CertificateId, StoreSite } from '../../domain/certificate.ts';
import { codeOf } from '../../domain/errors.ts';
import type { Missing } from '../../domain/inventory.ts';
import { refine } from '../../domain/refine.ts';
import type { Authorities } from '../../ports/listeners.ts';
import { authorityFacts, authorityOf } from './authority-facts.ts';
import {
  type AuthorityRow,
  readPrivateAuthorities,
  readRepositoryAuthorities,
} from './authority-replies.ts';
import type { Caller } from './call.ts';
import type { CasClient } from './clients.ts';
import { cloudCodeOf } from './errors.ts';
import { numberedPages, readableRows } from './paging.ts';
import type { PcaClient } from './pca-client.ts';
import type { Rows } from './replies.ts';

interface Parts {
  readonly account: string;
  readonly site: StoreSite;
  readonly cas: CasClient;
  readonly pca: PcaClient;
  readonly caller: Caller;
}

const rowsPerPage = 50;

/** One of the lists that hold CA certificates, by identifier, and what could not be read of it. */
interface Listed {
  readonly byIdentifier: ReadonlyMap<string, AuthorityRow>;
  readonly missing: readonly Missing[];
}

/** Finds the CA certificates that listeners name: private CAs, and those in repositories, uploaded ones among them. */
export class AuthorityLists {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** See `CertificateStore.authorities`. The lists are read only when there is somebody to look for. */
  async find(ids: readonly CertificateId[], signal: AbortSignal): Promise<Authorities> {
    if (ids.length === 0) return { certificates: [], missing: [] };
    const lists = await Promise.all([this.#private(signal), this.#repositories(signal)]);
    const identifiers = new Set(lists.flatMap(({ byIdentifier }) => [...byIdentifier.keys()]));
    const certificates = [...new Set(ids)].flatMap((id) => {
      const identifier = authorityOf(id, identifiers);
      return identifier === null ? [] : this.#facts(id, identifier, lists);
    });
    return { certificates, missing: lists.flatMap(({ missing }) => missing) };
  }

  /** The list of private CAs tells more than that of repositories, so it has the last word. */
  #facts(id: CertificateId, identifier: string, lists: readonly Listed[]): readonly Certificate[] {
    const facts = lists
      .flatMap(({ byIdentifier }) => byIdentifier.get(identifier) ?? [])
      .map((row) => authorityFacts(id, this.#parts.site, row))
      .reduceRight<Certificate | null>(refine, null);
    return facts === null ? [] : [facts];
  }

  async #private(signal: AbortSignal): Promise<Listed> {
    const { pca, caller, site } = this.#parts;
    const call = { kind: 'read', action: 'DescribeCACertificateList', region: site } as const;
    const pages = numberedPages(call, (currentPage) => {
      const send = () => pca.describeCACertificateList({ currentPage, showSize: rowsPerPage });
      return caller.call({ ...call, send, read: readPrivateAuthorities }, signal);
    });
    return this.#listed(call.action, pages, signal);
  }

  async #repositories(signal: AbortSignal): Promise<Listed> {
    const { cas: client, caller, site } = this.#parts;
    const call = { kind: 'read', action: 'ListCert', region: site } as const;
    const pages = numberedPages(call, (currentPage) => {
      const fields = { certType: 'CA', currentPage, showSize: rowsPerPage };
      const send = () => client.listCert(new cas.ListCertRequest(fields));
      return caller.call({ ...call, send, read: readRepositoryAuthorities }, signal);
    });
    return this.#listed(call.action, pages, signal);
  }

  async #listed(
    action: string,
    pages: AsyncIterable<Rows<AuthorityRow>>,
    signal: AbortSignal,
  ): Promise<Listed> {
    const { rows, bad, error } = await readableRows(pages);
    signal.throwIfAborted();
    const codes = [
      ...(error === null ? [] : [cloudCodeOf(error) ?? codeOf(error)]),
      ...(bad.length === 0 ? [] : ['cloud.unreadable']),
    ];
    const { account, site: region } = this.#parts;
    const place = { account, region, action, listener: null, part: 'certificates' } as const;
    return {
      byIdentifier: new Map(rows.map((row) => [row.identifier, row])),
      missing: [...new Set(codes)].map((code) => ({ ...place, code })),
    };
  }
}
