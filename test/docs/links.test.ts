import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchorsOf, pages, prose } from './documents.ts';

interface Link {
  readonly target: string;
  readonly anchor: string | null;
}

/** Links to other pages and to places on the same page; those to the web are nobody's business here. */
function linksOf(page: string): readonly Link[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = null] = link.split('#');
      return { target: path === '' ? page : join(dirname(page), path), anchor };
    });
}

function isDead({ target, anchor }: Link): boolean {
  if (!existsSync(target)) return true;
  return anchor !== null && target.endsWith('.md') && !anchorsOf(target).has(anchor);
}

for (const page of pages()) {
  test(`every link of ${page} leads somewhere`, () => {
    assert.deepEqual(linksOf(page).filter(isDead), []);
  });
}

test('every page is reached from the README', () => {
  const linked = new Set(linksOf('README.md').map(({ target }) => target));

  assert.deepEqual(
    pages().filter((page) => page !== 'README.md' && !linked.has(page)),
    [],
  );
});
