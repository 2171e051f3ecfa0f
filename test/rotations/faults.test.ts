import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { rotationSummary } from '../../src/api/rotation.ts';
import type { Rotation } from '../../src/domain/rotation-state.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { quickSandbox, RotationLab } from '../helpers/rotation-lab.ts';
import { clearFaults, order, reset } from '../helpers/rotation-steps.ts';
import { openPool } from '../helpers/pool.ts';
import { faults, isDue, type StepCase, type StepFault, steps } from '../helpers/step-faults.ts';
import { assertTruth, bindingsOf, boundIn, slotsOf } from '../helpers/truth.ts';

const page = 'docs/rotation.md';
const atOnce = 3;

/** So often an execution may be stopped by a cloud that does not answer, before the cloud is mended. */
const patience = 2;

const sandboxes = openPool(
  atOnce,
  () => quickSandbox(),
  (sandbox) => sandbox.close(),
);
const outcomes = new Map<StepFault, ReadonlyMap<StepCase, string>>();

after(() => sandboxes.close());

describe('each fault of the sandbox at each step ends as documented', {
  concurrency: atOnce,
}, () => {
  for (const fault of faults) {
    test(fault.title, async () => {
      const found = new Map<StepCase, string>();
      for (const step of steps)
        found.set(step, await sandboxes.use((free) => meet(free, fault, step)));

      outcomes.set(fault, found);
      assert.equal(rowOf(fault, found), documented(fault));
    });
  }
});

test(`${page} tells of these faults and no others`, () => {
  const rows = [titles(), ...faults.map((fault) => rowOf(fault, outcomes.get(fault) ?? new Map()))];
  const table = `${rows.join('\n')}\n`;
  const text = readFileSync(page, 'utf8');
  // NEWLEAF_WRITE_DOCS=1 puts what came of this run into the page.
  if (process.env['NEWLEAF_WRITE_DOCS'] === '1') {
    writeFileSync(page, text.replace(block, `${begin}${table}${end}`));
  } else assert.equal(block.exec(text)?.[1], table);
});

const begin = '<!-- faults: begin -->\n';
const end = '<!-- faults: end -->';
const block = new RegExp(`${begin}([\\s\\S]*)${end}`);

function documented(fault: StepFault): string | undefined {
  if (process.env['NEWLEAF_WRITE_DOCS'] === '1')
    return rowOf(fault, outcomes.get(fault) ?? new Map());
  return readFileSync(page, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| ${fault.title} |`));
}

function titles(): string {
  const names = steps.map(({ title }) => title);
  return `| what goes wrong | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`;
}

function rowOf({ title }: StepFault, found: ReadonlyMap<StepCase, string>): string {
  return `| ${title} | ${steps.map((step) => found.get(step) ?? '').join(' | ')} |`;
}

/** Runs one rotation into the fault, and tells how it ended once that is found to be the truth. */
async function meet(sandbox: RunningSandbox, fault: StepFault, step: StepCase): Promise<string> {
  await reset(sandbox);
  const { listener, slot, third, prepare } = step.slot;
  const { to, config } = await prepare(sandbox);
  const lab = await RotationLab.open(sandbox, {
    ...fault.lab,
    config: { ...config, ...fault.lab?.config },
  });
  const before = await bindingsOf(sandbox);
  const id = await lab.ask({ listener, slot, to });
  let isOrdered = false;
  let stops = 0;
  const rotation = await lab.run(id, {
    after: async (entry) => {
      const isBack = entry.kind === 'intended' && entry.direction === 'restore';
      if (isBack && fault.until === 'restore') await clearFaults(sandbox);
      if (isOrdered || !isDue(fault, step, entry)) return;
      isOrdered = true;
      for (const each of fault.orders(step)) await order(sandbox, each);
    },
    stuck: async (error) => {
      stops += 1;
      if (stops > patience) throw error;
      if (stops === patience) await clearFaults(sandbox);
    },
  });
  assert.ok(isOrdered, 'the rotation never came to the step');
  const isThirdParty = fault.orders(step).some((each) => 'kind' in each && each.kind === 'rebind');
  await assertTruth(sandbox, rotation, { before, third: isThirdParty ? third : null });
  const bound = boundIn(await slotsOf(sandbox, listener), rotation.record.plan);
  return `${stops > 0 ? 'goes on once it is over, ' : ''}${outcomeAndWhy(rotation, bound)}`;
}

function outcomeAndWhy(rotation: Rotation, bound: string): string {
  const { outcome, reason } = rotationSummary(rotation);
  const why = reason === null ? '' : `: \`${reason}\``;
  const held = outcome === 'needs-operator' ? `, ${bound} bound` : '';
  return `\`${outcome ?? 'deferred'}\`${why}${held}`;
}
