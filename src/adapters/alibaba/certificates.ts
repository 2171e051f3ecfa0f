import cas from '@alicloud/cas20200407';
import type { Certificate, CertificateId, StoreSite } from '../../domain/certificate.ts';
import { codeOf } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Authorities, CertificateStore } from '../../ports/listeners.ts';
import type { Log } from '../../ports/log.ts';
import { AuthorityLists } from './authorities.ts';
import type { Caller } from './call.ts';
import {
  type CertificateDetail,
  type CertificateOrderRow,
  readCertificateDetail,
  readCertificateOrders,
} from './cas-replies.ts';
import { certificateFromDetail, certificateFromRow } from './certificate-facts.ts';
import type { CasClient } from './clients.ts';
import { unreadable } from './errors.ts';
import { numberedPages } from './paging.ts';
import type { PcaClient } from './pca-client.ts';
import type { Rows } from './replies.ts';

interface Parts {
  readonly account: string;
  readonly site: StoreSite;
  readonly client: CasClient;
  readonly pca: PcaClient;
  readonly caller: Caller;
  readonly clock: Clock;
  readonly log: Log;
  /** False for accounts that only observe: the detail call could return private keys, so they are not given the right to it. */
  readonly useDetail: boolean;
}

/** What a listing leaves out unless asked for. */
const listings = [
  { orderType: 'CERT' },
  { orderType: 'CERT', status: 'EXPIRED' },
  { orderType: 'UPLOAD' },
  { orderType: 'UPLOAD', status: 'EXPIRED' },
] as const;
const rowsPerPage = 50;

/** How long a listing answers for single certificates, so that unknown ids do not list the store again and again. */
const listingHoldsMs = 60_000;
/** How long a listing that failed is taken at its word: each takes its time to fail, and there may be hundreds of ids. */
const failureHoldsMs = 10_000;
/** How long exact facts are taken as known, and a denied detail call at its word. */
const detailHoldsMs = 600_000;

interface Known {
  readonly at: number;
  readonly certificate: Certificate;
}

interface Listing {
  readonly at: number;
  readonly byId: ReadonlyMap<CertificateId, Certificate>;
  /** Rows that could not be read: what is not in `byId` may be one of them. */
  readonly bad: number;
}

/** The certificates of one CAS site. */
export class CasStore implements CertificateStore {
  readonly account: string;
  readonly site: StoreSite;
  readonly #parts: Parts;
  readonly #authorities: AuthorityLists;
  readonly #details = new Map<CertificateId, Known>();
  #listing: Listing | null = null;
  #failure: { readonly at: number; readonly error: unknown } | null = null;
  #deniedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.account = parts.account;
    this.site = parts.site;
    this.#parts = parts;
    this.#authorities = new AuthorityLists({ ...parts, cas: parts.client });
  }

  /**
   * Facts of the listing, and exact ones for what `resolve` has read before. Each certificate once. Throws `cloud.unreadable` at
   * the end when rows could not be read.
   */
  async *list(signal: AbortSignal): AsyncGenerator<Certificate> {
    try {
      yield* this.#listed(signal);
      this.#failure = null;
    } catch (error) {
      signal.throwIfAborted();
      this.#failure = { at: this.#parts.clock.monotonic(), error };
      throw error;
    }
  }

  async *#listed(signal: AbortSignal): AsyncGenerator<Certificate> {
    const byId = new Map<CertificateId, Certificate>();
    let bad = 0;
    for (const listing of listings) {
      for await (const page of this.#pages(listing, signal)) {
        bad += page.bad.length;
        const fresh = page.rows
          .flatMap((row) => this.#certificates(row))
          .filter(({ id }) => !byId.has(id));
        for (const certificate of fresh) byId.set(certificate.id, certificate);
        yield* fresh.map((certificate) => this.#exact(certificate));
      }
    }
    this.#listing = { at: this.#parts.clock.monotonic(), byId, bad };
    this.#refreshDetails(this.#listing);
    if (bad > 0) throw unreadable(this.#call(), `${bad} rows`, null);
  }

  async resolve(id: CertificateId, signal: AbortSignal): Promise<Certificate | null> {
    const number = numberOf(id, this.site);
    if (number === null) return null;
    const known = this.#details.get(id);
    if (known !== undefined && this.#age(known.at) < detailHoldsMs) return known.certificate;
    const mayAsk = this.#parts.useDetail && this.#age(this.#deniedAt) >= detailHoldsMs;
    const asked = mayAsk ? await this.#asked(id, number, signal) : 'denied';
    if (asked !== 'denied') return asked;
    const listed = await this.#fromListing(idOf(number, this.site), signal);
    return listed === null ? null : { ...listed, id };
  }

  async authorities(ids: readonly CertificateId[], signal: AbortSignal): Promise<Authorities> {
    return this.#authorities.find(ids, signal);
  }

  #age(at: number): number {
    return this.#parts.clock.monotonic() - at;
  }

  /** What an id names never changes: as long as the store lists it, its details need not be asked for again. */
  #refreshDetails({ at, byId, bad }: Listing): void {
    for (const [id, { certificate }] of this.#details) {
      const listed = byId.get(id);
      if (listed?.fingerprint256 === certificate.fingerprint256)
        this.#details.set(id, { at, certificate });
      else if (bad === 0) this.#details.delete(id);
    }
  }

  #call() {
    return { kind: 'read', action: 'ListUserCertificateOrder', region: this.site } as const;
  }

  #exact(listed: Certificate): Certificate {
    const known = this.#details.get(listed.id);
    return known === undefined ? listed : { ...known.certificate, revoked: listed.revoked };
  }

  /** The exact facts, null when there is no such certificate, `denied` when the account may not ask. */
  async #asked(
    id: CertificateId,
    number: number,
    signal: AbortSignal,
  ): Promise<Certificate | null | 'denied'> {
    const { account, site, clock, log } = this.#parts;
    try {
      const certificate = certificateFromDetail(id, site, await this.#detail(number, signal));
      this.#details.set(id, { at: clock.monotonic(), certificate });
      return certificate;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'cloud.not-found') return null;
      if (code !== 'cloud.denied') throw error;
      this.#deniedAt = clock.monotonic();
      log.warn({ account, site }, 'certificate details are denied, using the listing');
      return 'denied';
    }
  }

  async #detail(certId: number, signal: AbortSignal): Promise<CertificateDetail> {
    const { caller, client, site } = this.#parts;
    // Without the filter the reply holds the private key.
    const request = new cas.GetUserCertificateDetailRequest({ certId, certFilter: true });
    return caller.call(
      {
        kind: 'read',
        action: 'GetUserCertificateDetail',
        region: site,
        send: () => client.getUserCertificateDetail(request),
        read: readCertificateDetail,
      },
      signal,
    );
  }

  async #fromListing(id: CertificateId, signal: AbortSignal): Promise<Certificate | null> {
    const listing = await this.#freshListing(signal);
    const found = listing.byId.get(id) ?? null;
    if (found === null && listing.bad > 0)
      throw unreadable(this.#call(), `${listing.bad} rows`, null);
    return found;
  }

  async #freshListing(signal: AbortSignal): Promise<Listing> {
    const before = this.#listing;
    if (before !== null && this.#age(before.at) < listingHoldsMs) return before;
    if (this.#failure !== null && this.#age(this.#failure.at) < failureHoldsMs)
      throw this.#failure.error;
    try {
      for await (const _certificate of this.list(signal));
    } catch (error) {
      // Rows that could not be read are told by whoever misses one.
      if (this.#listing === null || this.#listing === before) throw error;
    }
    return this.#listing ?? { at: 0, byId: new Map(), bad: 0 };
  }

  #pages(
    listing: (typeof listings)[number],
    signal: AbortSignal,
  ): AsyncIterable<Rows<CertificateOrderRow>> {
    const call = { ...this.#call(), read: readCertificateOrders };
    return numberedPages(call, (currentPage) => {
      const fields = { ...listing, currentPage, showSize: rowsPerPage };
      const request = new cas.ListUserCertificateOrderRequest(fields);
      const send = () => this.#parts.client.listUserCertificateOrder(request);
      return this.#parts.caller.call({ ...call, send }, signal);
    });
  }

  /** Rows about orders have no certificate id. */
  #certificates(row: CertificateOrderRow): readonly Certificate[] {
    if (row.certificateId === null) return [];
    const id = idOf(row.certificateId, this.site);
    return [certificateFromRow(id, this.site, row)];
  }
}

function idOf(number: string | number, site: StoreSite): CertificateId {
  return `${number}-${site}`;
}

/**
 * The number that CAS knows a listener's certificate by: `<number>-<site>`, on old listeners the bare number. Null for the id of
 * another site and for other shapes, which name no certificate of this store.
 */
function numberOf(id: CertificateId, site: StoreSite): number | null {
  const parts = /^(?<number>\d{1,15})(?:-(?<site>[a-z0-9-]+))?$/.exec(id)?.groups;
  if (parts === undefined || (parts['site'] ?? site) !== site) return null;
  return Number(parts['number']);
}
