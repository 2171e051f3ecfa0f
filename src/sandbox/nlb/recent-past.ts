import type { ListenerIndex, ListenerView } from './listener-index.ts';
import type { Listener } from './model.ts';

/** How a listener was before a change. */
interface Past {
  readonly id: string;
  /** Null when it was not there yet. */
  readonly before: Listener | null;
  readonly place: number;
  /** Milliseconds of the monotonic clock: a lag is a duration, whatever the sandbox takes the time of day to be. */
  readonly at: number;
}

/** The changes of the last `lagMillis`, so that reads can show how things were that long ago. Older ones are forgotten. */
export class RecentPast {
  readonly #lagMillis: number;
  #changes: Past[] = [];

  constructor(lagMillis: number) {
    this.#lagMillis = lagMillis;
  }

  record(id: string, before: Listener | null, place: number): void {
    if (this.#lagMillis === 0) return;
    this.#forget();
    this.#changes.push({ id, before, place, at: performance.now() });
  }

  /** Everything as it was `lagMillis` ago. */
  view(index: ListenerIndex): ListenerView {
    this.#forget();
    return this.#changes.length === 0 ? index : pastView(index, this.#changes);
  }

  #forget(): void {
    const since = performance.now() - this.#lagMillis;
    const kept = this.#changes.findIndex((change) => change.at > since);
    if (kept !== 0) this.#changes = kept < 0 ? [] : this.#changes.slice(kept);
  }
}

function pastView(index: ListenerIndex, changes: readonly Past[]): ListenerView {
  // Of several changes to one listener, the first tells how it was before all of them.
  const past = new Map(changes.toReversed().map((change) => [change.id, change]));
  const asItWas = (now: readonly Listener[], concerns: (listener: Listener) => boolean) => {
    const untouched = now
      .filter((listener) => !past.has(listener.id))
      .map((listener) => ({ listener, place: index.place(listener.id) ?? 0 }));
    const touched = [...past.values()].flatMap(({ before, place }) =>
      before !== null && concerns(before) ? [{ listener: before, place }] : [],
    );
    return [...untouched, ...touched]
      .toSorted((left, right) => left.place - right.place)
      .map(({ listener }) => listener);
  };
  return {
    listener: (id) => {
      const change = past.get(id);
      return change === undefined ? index.listener(id) : change.before;
    },
    listenersIn: (region) => asItWas(index.listenersIn(region), (each) => each.region === region),
    listenersOf: (loadBalancerId) =>
      asItWas(index.listenersOf(loadBalancerId), (each) => each.loadBalancerId === loadBalancerId),
  };
}
