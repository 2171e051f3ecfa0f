import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { alertKinds } from '../../src/domain/alert-kinds.ts';
import type { Language } from '../../src/domain/language.ts';
import { goldenText, languages } from './golden.ts';
import { samples, textOf } from './samples.ts';

const page = 'docs/alerts.md';

/** Set by hand after a text was changed on purpose: the files are written anew, and the diff shows what people will read. */
const writes = process.env['NEWLEAF_WRITE_GOLDEN'] === '1';

for (const language of languages)
  test(`every message reads in ${language} as it was agreed`, () => {
    const path = `test/messages/golden/${language}.txt`;
    const text = goldenText(language);

    if (writes) writeFileSync(path, text);

    assert.equal(text, readFileSync(path, 'utf8'));
  });

test('docs/alerts.md shows every kind in every language exactly as it is said', () => {
  if (writes) writeFileSync(page, rewritten(readFileSync(page, 'utf8')));
  const text = readFileSync(page, 'utf8');

  for (const kind of Object.keys(samples))
    for (const language of languages)
      assert.deepEqual(blocksOf(sectionOf(text, kind), language), [sampleIn(kind, language)], kind);
});

test('each kind has a section that says how urgent it is, what newleaf does, what to do and when it ends', () => {
  const text = readFileSync(page, 'utf8');

  for (const kind of alertKinds) {
    const section = sectionOf(text, kind);
    const told = [
      ...section.matchAll(/^- \*\*(How urgent:|newleaf:|What to do:|It ends)\*\* \S/gm),
    ];
    assert.deepEqual(
      told.map(([, label]) => label),
      ['How urgent:', 'newleaf:', 'What to do:', 'It ends'],
      kind,
    );
  }
});

function sampleIn(kind: string, language: Language): string {
  const [sample] = Object.entries(samples).filter(([name]) => name === kind);
  assert.ok(sample);
  const [facts, severity] = sample[1];
  return textOf(facts, severity, language);
}

function sectionOf(text: string, kind: string): string {
  return text.split(`\n### ${kind}\n`)[1]?.split(/\n##+ /)[0] ?? '';
}

/** The messages that a section shows in one language: the block says which it is. */
function blocksOf(section: string, language: Language): readonly string[] {
  const blocks = section.matchAll(new RegExp(`\`\`\`text ${language}\n(.*?)\n\`\`\``, 'gs'));
  return [...blocks].map(([, shown = '']) => shown);
}

function rewritten(text: string): string {
  return Object.keys(samples).reduce((done, kind) => {
    const section = sectionOf(done, kind);
    const prose = section.replaceAll(/\n```text.*?\n```\n/gs, '').trimEnd();
    const blocks = languages.map(
      (language) => `\`\`\`text ${language}\n${sampleIn(kind, language)}\n\`\`\`\n`,
    );
    return done.replace(section, () => `${prose}\n\n${blocks.join('\n')}`);
  }, text);
}
