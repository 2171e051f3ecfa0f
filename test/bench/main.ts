import { table } from '../../src/cli/render/table.ts';
import { alerts } from './alerts.ts';
import { appends } from './appends.ts';
import type { Bench, Report } from './bench.ts';
import { inventory } from './inventory.ts';
import { probes } from './probes.ts';
import { rotations } from './rotations.ts';
import { sandbox } from './sandbox.ts';
import { scan } from './scan.ts';
import { startup } from './startup.ts';
import { trigger } from './trigger.ts';

const benches: readonly Bench[] = [
  inventory,
  scan,
  probes,
  appends,
  rotations,
  trigger,
  alerts,
  startup,
  sandbox,
];

const [wanted, ...rest] = process.argv.slice(2);
const chosen = benches.filter(({ name }) => wanted === undefined || name === wanted);
if (chosen.length === 0 || rest.length > 0) {
  const names = benches.map(({ name, about }) => `  ${name.padEnd(12)}${about}`);
  process.stderr.write(`usage: npm run bench [-- NAME]\n${names.join('\n')}\n`);
  process.exitCode = 1;
} else {
  for (const bench of chosen) print(bench, await bench.run());
}

function print({ name, about }: Bench, { titles, rows, notes }: Report): void {
  const columns = titles.map((title, at) => ({
    title,
    text: (row: readonly string[]) => row[at] ?? '',
  }));
  const lines = notes.map((note) => `  ${note}\n`).join('');
  process.stdout.write(`${name}: ${about}\n${table(columns, rows)}${lines}\n`);
}
