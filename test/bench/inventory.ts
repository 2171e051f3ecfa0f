import { sha256 } from '../../src/adapters/clock.ts';
import { openInventory } from '../../src/adapters/state/inventory.ts';
import { assessInventory } from '../../src/domain/assessment.ts';
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts';
import { mergeInventory } from '../../src/domain/merge.ts';
import { emptyOperatorState } from '../../src/domain/operator.ts';
import { planRotations } from '../../src/domain/planner.ts';
import type { Planning } from '../../src/domain/planning.ts';
import { after, hours, today } from '../helpers/facts.ts';
import { memoryStore } from '../helpers/store.ts';
import type { Bench, Report } from './bench.ts';
import { fleet, fleetAdmission, fleetPolicies, fleetSnapshot } from './fleet.ts';
import { figure, liveHeap, median, rounds, timed } from './measure.ts';

const repeats = 5;

/** For the repeats, in milliseconds. */
const budget = 8000;

const admission = fleetAdmission();

/** What every scan and every minute costs without any call to the cloud. */
export const inventory: Bench = {
  name: 'inventory',
  about: `merge, assess and plan ${count(fleet.listeners)} listeners, ${count(fleet.bindings)} bindings, ${count(fleet.certificates)} certificates`,
  run: async (): Promise<Report> => {
    const [bare, probed] = [await measure(false), await measure(true)];
    return {
      titles: ['', 'not probed', 'probed (4 looks a listener)'],
      rows: [
        ...Object.entries(bare.times).map(([part, millis]) => [
          part,
          `${figure(millis)} ms`,
          `${figure(probed.times[part] ?? Number.NaN)} ms`,
        ]),
        ['live heap: inventory', perBinding(bare.kept), perBinding(probed.kept)],
        ['live heap: assessments, plan', perBinding(bare.derived), perBinding(probed.derived)],
      ],
      notes: [`${bare.plans} plans; medians of ${bare.rounds} and ${probed.rounds} rounds`],
    };
  },
};

type Times = Readonly<Record<string, number>>;

async function measure(probed: boolean) {
  const heap = await heapOf(probed);
  const runs = await rounds(repeats, () => oneRound(probed), budget);
  const parts = Object.keys(runs[0] ?? {});
  const times: Times = Object.fromEntries(
    parts.map((part) => [part, median(runs.map((run) => run[part] ?? Number.NaN))]),
  );
  return { ...heap, times, rounds: runs.length };
}

/** One scan of a fleet that is known already, and one minute's look at it. */
async function oneRound(probed: boolean): Promise<Times> {
  const previous = mergeInventory(emptyInventory, fleetSnapshot({ probed }));
  const snapshot = { ...fleetSnapshot({ probed }), takenAt: after(today, hours(6)) };
  const book = openInventory(memoryStore());
  let known = previous;
  let planning: Planning | null = null;
  return {
    merge: await timed(() => {
      known = mergeInventory(previous, snapshot);
    }),
    plan: await timed(() => {
      planning = planFor(known);
    }),
    assess: await timed(() => assessFor(known, planning)),
    'write to the store': await timed(() => book.save(known)),
    'read from the store': await timed(() => book.read()),
  };
}

/** The Inventory as the daemon reads it: no text of it is shared with what made it. */
async function stored(probed: boolean): Promise<Inventory> {
  const book = openInventory(memoryStore());
  await book.save(mergeInventory(emptyInventory, fleetSnapshot({ probed })));
  return book.read();
}

/** Bytes that stay in memory: for what was merged, and for what follows from it. Warms the code up on the way. */
async function heapOf(probed: boolean) {
  const before = liveHeap();
  const known = await stored(probed);
  const merged = liveHeap();
  const planning = planFor(known);
  const assessments = assessFor(known, planning);
  const all = liveHeap();
  // Asked only now, so that nothing of it was collected before.
  if (known.listeners.length !== fleet.listeners || assessments.length !== fleet.bindings)
    throw new Error('the fleet is not as described');
  return { kept: merged - before, derived: all - merged, plans: planning.plans.length };
}

function planFor(known: Inventory) {
  return planRotations({
    inventory: known,
    rules: { policies: fleetPolicies, freezes: [], identities: [], caReplacements: [] },
    additionalLimit: () => 25,
    admission,
    operator: emptyOperatorState,
    skewMs: 0,
    now: today,
    sha256,
  });
}

function assessFor(known: Inventory, planning: Planning | null) {
  return assessInventory(known, {
    now: today,
    policies: fleetPolicies,
    planning,
    admission: { inFlight: [] },
    additionalLimit: () => 25,
  });
}

function perBinding(bytes: number): string {
  return `${figure(bytes / fleet.bindings / 1024)} KiB a binding`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
