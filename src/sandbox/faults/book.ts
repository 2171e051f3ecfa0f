import { z } from 'zod';
import { clockFaults } from './clock.ts';
import { jobFaults } from './jobs.ts';
import { monitorFaults } from './monitor.ts';
import { pagingFaults } from './paging.ts';
import { servingFaults } from './serving.ts';
import { thirdPartyFaults } from './third-party.ts';
import { wireFaults } from './wire.ts';

/** Everything that can be ordered to go wrong. A new family is one file and one line here. */
export const faultSchema = z.discriminatedUnion('kind', [
  ...wireFaults,
  ...clockFaults,
  ...jobFaults,
  ...monitorFaults,
  ...pagingFaults,
  ...servingFaults,
  ...thirdPartyFaults,
]);

export type Fault = z.output<typeof faultSchema>;
type FaultKind = Fault['kind'];
type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

export interface OrderedFault {
  readonly id: string;
  readonly fault: Fault;
  /** Strikes left; null when it stays until cleared. */
  readonly remaining: number | null;
}

/** Something was ordered, or a fault was cleared: the one of that id, which may have been used up, or all (null). */
export type BookChange =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'cleared'; readonly id: string | null };

/** The faults ordered and not yet spent, oldest first. */
export class FaultBook {
  #entries: readonly OrderedFault[] = [];
  #count = 0;
  readonly #watchers: ((change: BookChange) => void)[] = [];

  order(fault: Fault): string {
    this.#count += 1;
    const id = `fault-${this.#count}`;
    this.#entries = [...this.#entries, { id, fault, remaining: strikesOf(fault) }];
    this.#announce({ kind: 'ordered' });
    return id;
  }

  list(): readonly OrderedFault[] {
    return this.#entries;
  }

  /** Removes one fault, or all of them. Returns how many there were. */
  clear(id: string | null): number {
    const before = this.#entries.length;
    this.#entries = id === null ? [] : this.#entries.filter((entry) => entry.id !== id);
    this.#announce({ kind: 'cleared', id });
    return before - this.#entries.length;
  }

  /** The oldest fault of a kind that fits, using up one of its strikes; null when there is none. */
  take<K extends FaultKind>(kind: K, fits: (fault: FaultOf<K>) => boolean): FaultOf<K> | null {
    const found = this.#find(kind, fits);
    if (found === null) return null;
    this.#use(found.entry);
    return found.fault;
  }

  /** Uses up a strike of every fault of a kind that fits. Returns those that have none left, oldest first. */
  exhaust<K extends FaultKind>(
    kind: K,
    fits: (fault: FaultOf<K>) => boolean,
  ): readonly FaultOf<K>[] {
    return this.#entries.flatMap((entry) => {
      const { fault, remaining } = entry;
      if (!isOfKind(fault, kind) || !fits(fault)) return [];
      this.#use(entry);
      return remaining === 1 ? [fault] : [];
    });
  }

  /** The same as `take`, for those who want to know when that very fault is cleared: its id. */
  takeId<K extends FaultKind>(kind: K, fits: (fault: FaultOf<K>) => boolean): string | null {
    const found = this.#find(kind, fits);
    if (found === null) return null;
    this.#use(found.entry);
    return found.entry.id;
  }

  #use(entry: OrderedFault): void {
    if (entry.remaining === null) return;
    const left = entry.remaining - 1;
    this.#entries =
      left === 0
        ? this.#entries.filter(({ id }) => id !== entry.id)
        : this.#entries.map((each) => (each.id === entry.id ? { ...each, remaining: left } : each));
  }

  /** Whether a fault of a kind that fits is in force; nothing is used up. */
  has<K extends FaultKind>(kind: K, fits: (fault: FaultOf<K>) => boolean): boolean {
    return this.#find(kind, fits) !== null;
  }

  /** Calls `watcher` after every order and every clearing; a fault that is used up is not announced. */
  watch(watcher: (change: BookChange) => void): void {
    this.#watchers.push(watcher);
  }

  #find<K extends FaultKind>(
    kind: K,
    fits: (fault: FaultOf<K>) => boolean,
  ): { entry: OrderedFault; fault: FaultOf<K> } | null {
    for (const entry of this.#entries) {
      const { fault } = entry;
      if (isOfKind(fault, kind) && fits(fault)) return { entry, fault };
    }
    return null;
  }

  #announce(change: BookChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}

function isOfKind<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function strikesOf(fault: Fault): number | null {
  if (fault.kind === 'rebind') return fault.after?.times ?? 1;
  if (!('times' in fault)) return null;
  return fault.times === 'always' ? null : fault.times;
}
