import type { ListenerRef, ListenerState } from '../../domain/listener.ts';
import { codeOf } from '../../domain/errors.ts';
import { type CallName, cloudCodeOf } from './errors.ts';
import type { Discovery, Listeners, ProductLimits } from '../../ports/listeners.ts';
import { listenerState, refOf } from './listener-state.ts';
import type { NlbReader } from './nlb-reader.ts';
import type { CertificateRow, ListenerFacts, LoadBalancerFacts } from './nlb-replies.ts';
import { chunks, collected, inParallel, unique } from './paging.ts';

/** How many listeners are read at a time; the rate is kept elsewhere, this bounds what is in memory and in flight. */
const width = 8;
const loadBalancersPerCall = 20;

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

  constructor(parts: Parts) {
    this.account = parts.account;
    this.#parts = parts;
  }

  async *discover(region: string, signal: AbortSignal): AsyncGenerator<Discovery> {
    const { nlb } = this.#parts;
    const call = { action: 'ListLoadBalancers', region };
    const listed = await this.#tried(call, null, signal, () =>
      collected(nlb.loadBalancers(region, signal)),
    );
    if (listed.kind === 'missing') {
      yield listed;
      return;
    }
    const loadBalancers = unique(listed.value, ({ loadBalancerId }) => loadBalancerId);
    for (const batch of chunks(loadBalancers, loadBalancersPerCall)) {
      yield* this.#discoverBatch(region, batch, signal);
    }
  }

  async read(ref: ListenerRef, signal: AbortSignal): Promise<ListenerState | null> {
    const { nlb } = this.#parts;
    try {
      const [loadBalancer, listener, rows] = await Promise.all([
        nlb.loadBalancer(ref.region, ref.loadBalancerId, signal),
        nlb.listener(ref.region, ref.listenerId, signal),
        collected(nlb.certificateRows(ref.region, ref.listenerId, signal)),
      ]);
      return this.#state(ref.region, loadBalancer, listener, rows);
    } catch (error) {
      return nullWhenGone(error);
    }
  }

  async regions(signal: AbortSignal): Promise<readonly string[]> {
    return this.#parts.nlb.regions(this.#parts.homeRegion, signal);
  }

  skewMs(): number | null {
    return this.#parts.skewMs();
  }

  async *#discoverBatch(
    region: string,
    batch: readonly LoadBalancerFacts[],
    signal: AbortSignal,
  ): AsyncGenerator<Discovery> {
    const byId = new Map(batch.map((loadBalancer) => [loadBalancer.loadBalancerId, loadBalancer]));
    const call = { action: 'ListListeners', region };
    const listed = await this.#tried(call, null, signal, () =>
      collected(this.#parts.nlb.tlsListeners(region, [...byId.keys()], signal)),
    );
    if (listed.kind === 'missing') {
      yield listed;
      return;
    }
    const pairs = unique(listed.value, ({ listenerId }) => listenerId).flatMap((listener) => {
      const loadBalancer = byId.get(listener.loadBalancerId);
      return loadBalancer === undefined ? [] : [{ listener, loadBalancer }];
    });
    const work = (pair: Pair): Promise<Discovery | null> => this.#discoverOne(region, pair, signal);
    for await (const found of inParallel(pairs, width, work)) {
      if (found !== null) yield found;
    }
  }

  /** One listener with its certificates; null when it was deleted since it was listed. */
  async #discoverOne(region: string, pair: Pair, signal: AbortSignal): Promise<Discovery | null> {
    const { listener, loadBalancer } = pair;
    const ref = refOf(this.account, region, listener);
    const call = { action: 'ListListenerCertificates', region };
    const rows = await this.#tried(call, ref, signal, () =>
      collected(this.#parts.nlb.certificateRows(region, ref.listenerId, signal)).catch(
        nullWhenGone,
      ),
    );
    if (rows.kind === 'missing') return rows;
    if (rows.value === null) return null;
    return { kind: 'listener', state: this.#state(region, loadBalancer, listener, rows.value) };
  }

  #state(
    region: string,
    loadBalancer: LoadBalancerFacts,
    listener: ListenerFacts,
    rows: readonly CertificateRow[],
  ): ListenerState {
    const { account, ownerTags } = this.#parts;
    return listenerState({ account, region, loadBalancer, listener, rows, ownerTags });
  }

  /** A failed read is something missing, told and survived; an abort is neither. */
  async #tried<T>(
    call: CallName,
    listener: ListenerRef | null,
    signal: AbortSignal,
    read: () => Promise<T>,
  ): Promise<{ readonly kind: 'read'; readonly value: T } | MissingFound> {
    try {
      return { kind: 'read', value: await read() };
    } catch (error) {
      signal.throwIfAborted();
      const code = cloudCodeOf(error) ?? codeOf(error);
      return { kind: 'missing', missing: { account: this.account, ...call, code, listener } };
    }
  }
}

interface Pair {
  readonly listener: ListenerFacts;
  readonly loadBalancer: LoadBalancerFacts;
}

type MissingFound = Extract<Discovery, { kind: 'missing' }>;

/** The listener, or the load balancer it was on, has been deleted. Any other failure goes on. */
function nullWhenGone(error: unknown): null {
  const code = cloudCodeOf(error)?.toLowerCase();
  if (code === 'resourcenotfound.listener' || code === 'resourcenotfound.loadbalancer') return null;
  throw error;
}
