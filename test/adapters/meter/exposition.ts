import assert from 'node:assert/strict';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const labelText = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"`;
const helpLine = new RegExp(`^# HELP (${metricName}) (.+)$`);
const typeLine = new RegExp(`^# TYPE (${metricName}) (counter|gauge|histogram|summary|untyped)$`);
const sampleLine = new RegExp(
  `^(${metricName})(?:\\{(${labelText}(?:,${labelText})*)\\})? (\\S+)$`,
);

/**
 * Reads Prometheus' text format 0.0.4, strictly: each family has one HELP and one TYPE before its samples, all its lines stand
 * together, no series comes twice, and the text ends with a line feed.
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  assert.ok(text.endsWith('\n'), 'the last line must end with a line feed');
  const families = new Map<string, MutableFamily>();
  const series = new Set<string>();
  let current = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, named, words = ''] = helpLine.exec(line) ?? [];
    if (named === undefined) {
      const family = families.get(current);
      assert.ok(family, `no HELP before: ${line}`);
      takeLine(line, { name: current, family, series });
    } else {
      assert.ok(!families.has(named), `HELP ${named} comes twice, or its lines are apart`);
      families.set(named, { type: '', help: words, samples: [] });
      current = named;
    }
  }
  return families;
}

interface MutableFamily extends Family {
  type: string;
  readonly samples: Sample[];
}

interface Place {
  readonly name: string;
  readonly family: MutableFamily;
  readonly series: Set<string>;
}

/** A TYPE or a sample, of the family whose HELP came last. */
function takeLine(line: string, { name, family, series }: Place): void {
  const type = typeLine.exec(line);
  if (type !== null) {
    assert.equal(type[1], name, `TYPE under another HELP: ${line}`);
    assert.equal(family.type, '', `TYPE comes twice: ${line}`);
    family.type = type[2] ?? '';
    return;
  }
  const sample = sampleLine.exec(line);
  assert.ok(sample, `unreadable line: ${line}`);
  const [, of = '', labels = '', value = ''] = sample;
  const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  const names = suffixes.map((suffix) => `${name}${suffix}`);
  assert.ok(names.includes(of), `sample outside its family: ${line}`);
  assert.notEqual(family.type, '', `no TYPE before: ${line}`);
  assert.ok(!series.has(`${of}{${labels}}`), `the series comes twice: ${line}`);
  series.add(`${of}{${labels}}`);
  assert.ok(Number.isFinite(Number(value)), `not a number: ${line}`);
  family.samples.push({ name: of, labels: labelsOf(labels), value: Number(value) });
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    ]),
  );
}
