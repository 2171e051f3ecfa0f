import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { parseExposition } from '../adapters/meter/exposition.ts';
import { busyMeter } from '../adapters/meter/readings.ts';
import { hasPromtool, promtool } from '../helpers/promtool.ts';
import { anchorsOf } from './documents.ts';

const folder = 'docs/monitoring';
const rulesFile = `${folder}/newleaf.rules.yaml`;
const testsFile = `${folder}/newleaf.rules.test.yaml`;
const dashboardFile = `${folder}/newleaf-dashboard.json`;

const Rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['info', 'warning', 'critical']) }),
          annotations: z.object({
            summary: z.string(),
            description: z.string(),
            runbook_url: z.string(),
          }),
        }),
      ),
    }),
  ),
});

const Place = z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });

const Panel = z.object({
  id: z.int(),
  type: z.string(),
  title: z.string().min(1),
  gridPos: Place,
  description: z.string().optional(),
  targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).optional(),
});

const Dashboard = z.object({
  title: z.string(),
  uid: z.string(),
  schemaVersion: z.int(),
  panels: z.array(Panel),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
});

const rules = Rules.parse(parse(readFileSync(rulesFile, 'utf8'))).groups.flatMap(
  (group) => group.rules,
);
const dashboard = Dashboard.parse(JSON.parse(readFileSync(dashboardFile, 'utf8')));
const expressions = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
];

/** Every metric of the program, and for a histogram the series that it is made of. */
async function metrics(): Promise<{ families: readonly string[]; series: ReadonlySet<string> }> {
  const found = [...parseExposition((await busyMeter().expose()).text)];
  const series = found.flatMap(([name, { type }]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  );
  return { families: found.map(([name]) => name), series: new Set(series) };
}

function namesIn(text: string): readonly string[] {
  return text.match(/\b(?:newleaf|process)_[a-z_]+/g) ?? [];
}

test('rules, their tests and the dashboard use no metric that the program does not have', async () => {
  const { series } = await metrics();
  const used = [
    ...rules.flatMap(({ expr }) => namesIn(expr)),
    ...namesIn(readFileSync(testsFile, 'utf8').replaceAll(/newleaf\.rules\S*/g, '')),
    ...expressions.flatMap(namesIn),
  ];

  assert.ok(used.length > 60);
  assert.deepEqual(
    [...new Set(used)].filter((name) => !series.has(name)),
    [],
  );
});

test('the page of metrics lists each of the program, with its labels, and no other', async () => {
  const page = readFileSync(`${folder}/README.md`, 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `(newleaf|process)_/.test(line));
  const listed = rows.flatMap((row) => namesIn(row.split('|')[1] ?? ''));

  const { families } = await metrics();

  assert.deepEqual(listed.toSorted(), families.toSorted());
  const found = parseExposition((await busyMeter().expose()).text);
  for (const row of rows) {
    const [, names = '', , labels = ''] = row.split('|');
    if (labels.trim() === 'the same') continue;
    const told = [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
    for (const name of namesIn(names)) {
      const [sample] = found.get(name)?.samples ?? [];
      const own = Object.keys(sample?.labels ?? {}).filter((label) => label !== 'le');
      assert.deepEqual(told.toSorted(), own.toSorted(), name);
    }
  }
});

test('each rule has a test, and leads to a section of docs/alerts.md that exists', () => {
  const anchors = anchorsOf('docs/alerts.md');
  const tests = readFileSync(testsFile, 'utf8');

  for (const { alert, annotations } of rules) {
    const [page, anchor = ''] = annotations.runbook_url.split('#');
    assert.equal(page, 'docs/alerts.md', alert);
    assert.ok(anchors.has(anchor), annotations.runbook_url);
    assert.match(tests, new RegExp(`alertname: ${alert}\\n +exp_alerts:( &\\w+)?\\n`), alert);
  }
});

test('the panels of the dashboard have numbers and places of their own', () => {
  const { panels } = dashboard;
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
  );

  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(cells).size, cells.length);
  for (const { gridPos, type, targets = [], description = '' } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24);
    if (type !== 'row') assert.ok(targets.length > 0 && description.endsWith('.'));
  }
});

const whenThere = hasPromtool ? {} : { skip: 'promtool is not installed' };

test('promtool finds nothing to say about the metrics', whenThere, async () => {
  const { text } = await busyMeter().expose();

  const { status, said } = promtool(['check', 'metrics'], text);

  assert.deepEqual({ status, said }, { status: 0, said: '' });
});

test('promtool finds a metric that breaks its rules', whenThere, () => {
  const { status, said } = promtool(['check', 'metrics'], '# TYPE a_total gauge\na_total 1\n');

  assert.notEqual(status, 0);
  assert.match(said, /a_total/);
});

test('promtool accepts the rules, and they fire and rest as their tests say', whenThere, () => {
  const checked = promtool(['check', 'rules', rulesFile]);
  const tested = promtool(['test', 'rules', testsFile]);

  assert.equal(checked.status, 0, checked.said);
  assert.equal(tested.status, 0, tested.said);
  assert.match(tested.said, /SUCCESS/);
});

test('promtool understands every expression of the dashboard', whenThere, (context) => {
  const path = mkdtempSync(join(tmpdir(), 'newleaf-dashboard-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  const file = join(path, 'expressions.yaml');
  const records = expressions.map((expr, n) => ({ record: `expression:${n}`, expr }));
  writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules: records }] }));

  const { status, said } = promtool(['check', 'rules', file]);

  assert.equal(status, 0, said);
  assert.ok(records.length > 20);
});
