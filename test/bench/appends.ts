import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/ports/store.ts';
import type { Bench, Report } from './bench.ts';
import { figure, inParallel, median, perSecond, rounds, timed } from './measure.ts';
import { absent, backends, durability } from './stores.ts';

/** About the size of a Journal entry. */
const value = 'x'.repeat(400);

const perRound = 192;
const streams = 16;
const repeats = 3;

/** For the rounds of one number, in milliseconds: a slow disk makes fewer. */
const budget = 1500;

/** How fast a Journal can be written, one entry after another and by many rotations at once. */
export const appends: Bench = {
  name: 'appends',
  about: `store appends of ${value.length} bytes, beside bare writes of as much with fdatasync`,
  run: async (): Promise<Report> => {
    const rows = [['file, fdatasync each', figure(await synced()), '']];
    for (const { name, open: openStore } of backends.filter((each) => each.name !== 'memory')) {
      await using opened = await openStore();
      const { store } = opened;
      await appendsPerSecond(store, 1);
      const rate = async (width: number): Promise<number> =>
        median(await rounds(repeats, () => appendsPerSecond(store, width), budget));
      rows.push([name, figure(await rate(1)), figure(await rate(streams))]);
    }
    return {
      titles: ['', 'one stream', `${streams} streams at once`],
      rows,
      notes: [
        `appends a second, medians of up to ${repeats} rounds of ${perRound}; ${durability}`,
        ...absent,
      ],
    };
  },
};

async function appendsPerSecond(store: Store, width: number): Promise<number> {
  const names = Array.from({ length: width }, () => `bench/${randomUUID()}`);
  const each = perRound / width;
  const took = await timed(() =>
    inParallel(width, width, async (lane) => {
      for (let after = 0; after < each; after += 1) {
        await store.append(names[lane] ?? '', { id: `${after}`, value }, after);
      }
    }),
  );
  for (const name of names) await store.trim(name);
  return perSecond(perRound, took);
}

/** What the disk under the temporary folder does without any store. */
async function synced(): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-bench-'));
  const file = await open(join(dir, 'file'), 'a');
  try {
    const rates = await rounds(
      repeats,
      async () => {
        const took = await timed(async () => {
          for (let written = 0; written < perRound; written += 1) {
            await file.write(value);
            await file.datasync();
          }
        });
        return perSecond(perRound, took);
      },
      budget,
    );
    return median(rates);
  } finally {
    await file.close();
    await rm(dir, { recursive: true, force: true });
  }
}
