import type { NlbReader } from './nlb-reader.ts';
import { chunks } from './paging.ts';

/** The operation takes this many ids, and answers them on one page. */
const policiesPerCall = 20;

/** Of system policies the id says what they allow. */
const ofTheSystem = /^tls_cipher_policy_/i;

/**
 * Which protocols the custom TLS policies of an account allow. A reading that fails is no fault of the scan: what was known before
 * stays, and nothing is said of the others.
 */
export class TlsPolicies {
  readonly #nlb: NlbReader;
  /** By region and id, whatever came of it. */
  readonly #asked = new Set<string>();
  /** By region and id. */
  readonly #versions = new Map<string, readonly string[]>();

  constructor(nlb: NlbReader) {
    this.#nlb = nlb;
  }

  /** Asks anew for those of these policies that are custom ones. Rejects only when aborted. */
  async look(region: string, ids: readonly (string | null)[], signal: AbortSignal): Promise<void> {
    const custom = [...new Set(ids)].flatMap((id) =>
      id === null || ofTheSystem.test(id) ? [] : [id],
    );
    for (const id of custom) this.#asked.add(`${region}/${id}`);
    for (const some of chunks(custom, policiesPerCall)) {
      const found = await this.#nlb.tlsPolicies(region, some, signal).catch(() => []);
      signal.throwIfAborted();
      for (const { securityPolicyId, tlsVersion } of found)
        this.#versions.set(`${region}/${securityPolicyId}`, tlsVersion);
    }
  }

  /** Asks for this one unless that has been done before: a listener that is read every second must not repeat it. */
  async lookOnce(region: string, id: string | null, signal: AbortSignal): Promise<void> {
    if (!this.#asked.has(`${region}/${id ?? ''}`)) await this.look(region, [id], signal);
  }

  /** As the cloud names them, e.g. `TLSv1.0`; undefined when nobody told. */
  versionsOf(region: string, id: string | null): readonly string[] | undefined {
    return this.#versions.get(`${region}/${id ?? ''}`);
  }
}
