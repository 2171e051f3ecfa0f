import type { Missing } from '../../domain/inventory.ts';
import type { ListenerRef, ListenerState } from '../../domain/listener.ts';
import { codeOf } from '../../domain/errors.ts';
import { type CallName, cloudCodeOf } from './errors.ts';
import type { Discovery, Listeners, ProductLimits } from '../../ports/listeners.ts';
import { listenerState, refOf } from './listener-state.ts';
import type { NlbReader } from './nlb-reader.ts';
import type { CertificateRow, ListenerFacts, LoadBalancerFacts } from './nlb-replies.ts';
import { chunks, everyRow, inParallel, readableRows, unique } from './paging.ts';
import type { BadRow, Page } from './replies.ts';
import { TlsPolicies } from './tls-policies.ts';

/**
 * How many listeners are read at a time: enough for the whole documented rate while answers take half a second. The rate is kept
 * elsewhere, this bounds what is in memory and in flight.
 */
const width = 16;
const loadBalancersPerCall = 20;
/** The listeners of the next load balancers are listed while certificates are still being read, so that the rate is never idle. */
const batchesAhead = 2;

interface Parts {
  readonly account: string;
  readonly nlb: NlbReader;
  readonly ownerTags: readonly string[];
  /** A region whose endpoint can be asked for the list of regions. */
  readonly homeRegion: string;
  readonly skewMs: () => number | null;
}

/** The TCPSSL listeners of NLB. */
export class NlbListeners implements Listeners {
  readonly product = 'nlb';
  readonly account: string;
  readonly limits: ProductLimits = {
    idsPerCall: 15,
    additionalPerLoadBalancer: 25,
    defaults: 1,
  };
  readonly #parts: Parts;
  readonly #policies: TlsPolicies;

  constructor(parts: Parts) {
    this.account = parts.account;
    this.#parts = parts;
    this.#policies = new TlsPolicies(parts.nlb);
  }

  async *discover(region: string, signal: AbortSignal): AsyncGenerator<Discovery> {
    const call = { action: 'ListLoadBalancers', region };
    const listed = await this.#readable(
      call,
      this.#parts.nlb.loadBalancers(region, signal),
      signal,
    );
    yield* listed.missing;
    const loadBalancers = unique(listed.rows, ({ loadBalancerId }) => loadBalancerId);
    const batches = chunks(loadBalancers, loadBalancersPerCall);
    const list = async (batch: Batch): Promise<Listed> => this.#listBatch(region, batch, signal);
    const asked = new Set<string | null>();
    for await (const { pairs, missing } of inParallel(batches, batchesAhead, list)) {
      yield* missing;
      const policies = pairs.map(({ listener }) => listener.securityPolicyId);
      const unasked = policies.filter((id) => !asked.has(id));
      for (const id of unasked) asked.add(id);
      await this.#policies.look(region, unasked, signal);
      const work = async (pair: Pair): Promise<readonly Discovery[]> =>
        this.#discoverOne(region, pair, signal);
      for await (const found of inParallel(pairs, width, work)) yield* found;
    }
  }

  async read(ref: ListenerRef, signal: AbortSignal): Promise<ListenerState | null> {
    const { nlb } = this.#parts;
    try {
      const [loadBalancer, listener, rows] = await Promise.all([
        nlb.loadBalancer(ref.region, ref.loadBalancerId, signal),
        nlb.listener(ref.region, ref.listenerId, signal),
        everyRow(
          { action: 'ListListenerCertificates', region: ref.region },
          nlb.certificateRows(ref.region, ref.listenerId, signal),
        ),
      ]);
      await this.#policies.lookOnce(ref.region, listener.securityPolicyId, signal);
      return this.#state(ref.region, loadBalancer, listener, rows);
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  async regions(signal: AbortSignal): Promise<readonly string[]> {
    return this.#parts.nlb.regions(this.#parts.homeRegion, signal);
  }

  skewMs(): number | null {
    return this.#parts.skewMs();
  }

  async #listBatch(region: string, batch: Batch, signal: AbortSignal): Promise<Listed> {
    const byId = new Map(batch.map((loadBalancer) => [loadBalancer.loadBalancerId, loadBalancer]));
    const call = { action: 'ListListeners', region };
    const pages = this.#parts.nlb.tlsListeners(region, [...byId.keys()], signal);
    const { rows, missing } = await this.#readable(call, pages, signal);
    const pairs = unique(rows, ({ listenerId }) => listenerId).flatMap((listener) => {
      const loadBalancer = byId.get(listener.loadBalancerId);
      return loadBalancer === undefined ? [] : [{ listener, loadBalancer }];
    });
    return { pairs, missing };
  }

  /** One listener with its certificates; nothing when it was deleted since it was listed. */
  async #discoverOne(
    region: string,
    { listener, loadBalancer }: Pair,
    signal: AbortSignal,
  ): Promise<readonly Discovery[]> {
    const listenerRef = refOf(this.account, region, listener);
    const call = { action: 'ListListenerCertificates', region };
    const pages = this.#parts.nlb.certificateRows(region, listenerRef.listenerId, signal);
    const { rows, bad, error } = await readableRows(pages);
    signal.throwIfAborted();
    if (error !== null && isGone(error)) return [];
    if (error !== null) return [this.#missing(call, codeIn(error), { listener: listenerRef })];
    const state = this.#state(region, loadBalancer, listener, rows);
    const found: Discovery = { kind: 'listener', state };
    // What is known of it already stays as it was; of a new one this much is better than nothing.
    if (bad.length > 0)
      return [found, this.#missing(call, 'cloud.unreadable', { listener: listenerRef })];
    return [found];
  }

  #state(
    region: string,
    loadBalancer: LoadBalancerFacts,
    listener: ListenerFacts,
    rows: readonly CertificateRow[],
  ): ListenerState {
    const { account, ownerTags } = this.#parts;
    const tlsVersions = this.#policies.versionsOf(region, listener.securityPolicyId);
    return listenerState({
      account,
      region,
      loadBalancer,
      listener,
      rows,
      ownerTags,
      tlsVersions,
    });
  }

  /**
   * What of a listing could be read, and what could not: a row by the load balancer or listener it names, or the region. Rejects
   * only when aborted.
   */
  async #readable<T>(
    call: CallName,
    pages: AsyncIterable<Page<T>>,
    signal: AbortSignal,
  ): Promise<{ readonly rows: readonly T[]; readonly missing: readonly MissingFound[] }> {
    const { rows, bad, error } = await readableRows(pages);
    signal.throwIfAborted();
    const unread = bad.map((row) =>
      this.#missing(call, 'cloud.unreadable', this.#named(call, row)),
    );
    const failed = error === null ? [] : [this.#missing(call, codeIn(error), { listener: null })];
    return { rows, missing: [...unread, ...failed] };
  }

  #named({ region }: CallName, { loadBalancerId, listenerId }: BadRow): Under {
    if (loadBalancerId === null) return { listener: null };
    return listenerId === null
      ? { listener: null, loadBalancerId }
      : { listener: refOf(this.account, region, { loadBalancerId, listenerId }) };
  }

  #missing(call: CallName, code: string, under: Under): MissingFound {
    return { kind: 'missing', missing: { account: this.account, ...call, code, ...under } };
  }
}

/** What hides behind a failure: one listener, one load balancer, or the whole region. */
type Under = Pick<Missing, 'listener' | 'loadBalancerId'>;

type Batch = readonly LoadBalancerFacts[];

interface Listed {
  readonly pairs: readonly Pair[];
  readonly missing: readonly MissingFound[];
}

interface Pair {
  readonly listener: ListenerFacts;
  readonly loadBalancer: LoadBalancerFacts;
}

type MissingFound = Extract<Discovery, { kind: 'missing' }>;

/** The listener, or the load balancer it was on, has been deleted. */
function isGone(error: unknown): boolean {
  const code = cloudCodeOf(error)?.toLowerCase();
  return code === 'resourcenotfound.listener' || code === 'resourcenotfound.loadbalancer';
}

function codeIn(error: unknown): string {
  return cloudCodeOf(error) ?? codeOf(error);
}
