import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../ground/sources.ts';
import { sectionOf, wordsIn } from './documents.ts';

const page = 'docs/rotation.md';

/** The declaration of a type, from its name to the next declaration of the file. */
function declaration(path: string, name: string): string {
  const [, text = ''] = codeOf(path).split(`type ${name} =`);
  return text.split(/^(?:export|interface|type|const|function) /m)[0] ?? '';
}

function wordsOf(path: string, name: string): readonly string[] {
  return [...declaration(path, name).matchAll(/'([a-z-]+)'/g)].map(([, word = '']) => word);
}

function matchesOf(pattern: RegExp, text: string): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, word = '']) => word))];
}

function assertTold(words: readonly string[], section: string): void {
  const told = wordsIn(sectionOf(page, section) ?? '');
  assert.deepEqual(
    words.filter((word) => !told.has(word)),
    [],
  );
}

const rotation = 'src/domain/rotation.ts';
const planning = 'src/domain/planning.ts';

/** Each closed list of the domain, the section that explains it, and how many words it has at least: an empty list proves nothing. */
const lists = [
  { path: planning, name: 'WaitReason', section: 'What a plan waits for', least: 10 },
  { path: planning, name: 'PlanRefusal', section: 'Why a binding has no plan', least: 5 },
  {
    path: planning,
    name: 'RejectionReason',
    section: 'Why a certificate may not be used',
    least: 10,
  },
  { path: rotation, name: 'Phase', section: 'The phases', least: 5 },
  { path: rotation, name: 'Outcome', section: 'The outcomes', least: 4 },
  { path: rotation, name: 'RefusalReason', section: '`refused`', least: 5 },
  { path: rotation, name: 'OperatorReason', section: '`needs-operator`', least: 5 },
  {
    path: 'src/domain/verification.ts',
    name: 'MismatchKind',
    section: 'The Journal',
    least: 5,
  },
] as const;

for (const { path, name, section, least } of lists) {
  test(`every ${name} is explained under "${section}"`, () => {
    const words = wordsOf(path, name);

    assert.ok(words.length >= least, `only ${words.length} words were found`);
    assertTold(words, section);
  });
}

test('every Outcome has a section of its own, with what to do', () => {
  const missing = wordsOf(rotation, 'Outcome').filter(
    (word) => sectionOf(page, `\`${word}\``) === null,
  );

  assert.deepEqual(missing, []);
});

test('every event of the Journal is explained, with its fields', () => {
  const events = declaration(rotation, 'JournalEvent');
  const kinds = matchesOf(/readonly kind: '([a-z-]+)'/g, events);
  const fields = matchesOf(/readonly (\w+):/g, events);

  assert.ok(kinds.length >= 15, `only ${kinds.length} kinds were found`);
  assertTold(kinds, 'The Journal');
  assertTold(fields, 'The Journal');
});

test('every event of the Journal but the later looks is named where crashes are', () => {
  const kinds = matchesOf(/readonly kind: '([a-z-]+)'/g, declaration(rotation, 'JournalEvent'));
  const outcomes = new Set(['deferred', ...wordsOf(rotation, 'Outcome')]);

  assertTold(
    kinds.filter((kind) => !outcomes.has(kind) && kind !== 'looked-again'),
    'A crash in each phase',
  );
});
