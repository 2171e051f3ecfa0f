import { openAdmission } from '../../src/adapters/state/admission.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Bench, Report } from './bench.ts';
import { openEngine } from './engine.ts';
import { fleet, fleetAdmission } from './fleet.ts';
import { figure, inParallel, median, perSecond, ratio, rounds, timed } from './measure.ts';
import { absent, backends, durability } from './stores.ts';

const perRound = 16;
const atOnce = 8;
const repeats = 3;

/** For the rounds of one number, in milliseconds: a slow disk makes fewer. */
const budget = 1500;

/** Every backend empty, and once with what earlier rotations left in the Admission. */
const settings = [
  ...backends.map((backend) => ({ ...backend, earlier: false })),
  ...backends
    .filter(({ name }) => name === 'memory')
    .map((backend) => ({
      ...backend,
      name: `${backend.name}, ${fleet.listeners} rotated before`,
      earlier: true,
    })),
];

/** What the engine costs when neither the cloud nor the endpoints take any time: its own work, and above all the store's. */
export const rotations: Bench = {
  name: 'rotations',
  about: 'whole rotations over an instant cloud, beside as many bare appends as they make writes',
  run: async (): Promise<Report> => {
    const rows: string[][] = [];
    let calls = '';
    for (const { name, open, earlier } of settings) {
      await using opened = await open();
      const { store } = opened;
      if (earlier)
        await openAdmission(store).update(() => ({ next: fleetAdmission(), result: null }));
      const { alone, together, bare, ofBare, ...more } = await measure(
        store,
        earlier ? atOnce : perRound,
      );
      ({ calls } = more);
      rows.push([
        name,
        `${figure(1000 / alone)} ms`,
        `${figure(alone)}/s`,
        // Memory has no writes to compare with.
        ...(name.startsWith('memory') ? ['', ''] : [`${figure(bare)}/s`, ratio(ofBare)]),
        `${figure(together)}/s`,
        figure(more.callsTogether),
      ]);
    }
    return {
      titles: ['', 'one', 'one by one', 'bare', 'of bare', `${atOnce} at once`, 'calls each then'],
      rows,
      notes: [
        `store calls of one rotation alone: ${calls}`,
        `from admission to the closed entry; medians of up to ${repeats} rounds of ${perRound}; ${durability}`,
        ...absent,
      ],
    };
  },
};

interface Measured {
  /** Rotations a second, one after another. */
  readonly alone: number;
  /** As `alone`, when a rotation were nothing but appends: one for each of its writes, as long as that. */
  readonly bare: number;
  readonly ofBare: number;
  readonly together: number;
  readonly calls: string;
  /** Store calls of one rotation while others run: what they lose to each other is asked again. */
  readonly callsTogether: number;
}

async function measure(store: Store, count: number): Promise<Measured> {
  const counted = counting(store);
  const engine = openEngine(counted.store);
  let made = 0;
  const rotate = (): Promise<void> => {
    made += 1;
    return engine.rotate(made);
  };
  // The first rotation proves the candidate, so that no other has to wait for a canary.
  await rotate();
  counted.reset();
  await rotate();
  const { calls, writes } = counted.seen();

  const bare = async (): Promise<void> => {
    made += 1;
    const stream = `bench/${made}`;
    for (const [after, value] of writes.entries())
      await store.append(stream, { id: `${after}`, value }, after);
  };
  // In turns, so that a machine that is busy for a while is busy for both.
  const turns = await rounds(
    repeats,
    async () => ({ alone: await rate(count, 1, rotate), bare: await rate(count, 1, bare) }),
    budget,
  );
  counted.reset();
  const before = made;
  const together = median(await rounds(repeats, () => rate(count, atOnce, rotate), budget));
  const callsTogether = counted.seen().total / (made - before);
  return {
    alone: median(turns.map(({ alone }) => alone)),
    bare: median(turns.map((turn) => turn.bare)),
    ofBare: median(turns.map((turn) => turn.alone / turn.bare)),
    together,
    calls,
    callsTogether,
  };
}

/** How many of them are done a second, so many at once. */
async function rate(count: number, width: number, work: () => Promise<void>): Promise<number> {
  return perSecond(count, await timed(() => inParallel(count, width, work)));
}

/** The store with its calls counted and what they write kept. */
function counting(store: Store) {
  const counts = new Map<string, number>();
  const writes: string[] = [];
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const write = (name: string, value: string): void => {
    count(name);
    writes.push(value);
  };
  const counted: Store = {
    ...store,
    append: (stream, entry, after) => {
      write('append', entry.value);
      return store.append(stream, entry, after);
    },
    put: (key, value, version) => {
      write('put', value);
      return store.put(key, value, version);
    },
    delete: (key, version) => {
      write('delete', '');
      return store.delete(key, version);
    },
    read: (stream, from) => {
      count('read');
      return store.read(stream, from);
    },
    get: (key) => {
      count('get');
      return store.get(key);
    },
    list: (prefix, cursor) => {
      count('list');
      return store.list(prefix, cursor);
    },
  };
  return {
    store: counted,
    reset: () => {
      counts.clear();
      writes.length = 0;
    },
    seen: () => ({
      calls: [...counts].map(([name, times]) => `${times} ${name}`).join(', '),
      total: [...counts.values()].reduce((sum, times) => sum + times, 0),
      writes: [...writes],
    }),
  };
}
