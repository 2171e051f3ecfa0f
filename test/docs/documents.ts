import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pages that people read, as paths from the root of the repository. */
export function pages(): readonly string[] {
  const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  return ['README.md', ...docs.map((name) => join('docs', name)).toSorted()];
}

/** The text below a heading, up to the next heading of the same rank or a higher one; null when there is no such heading. */
export function sectionOf(page: string, title: string): string | null {
  const lines = readFileSync(page, 'utf8').split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && headingOf(line) === title);
  if (start < 0) return null;
  const rank = rankOf(lines[start] ?? '');
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line) && rankOf(line) <= rank);
  return rest.slice(0, end < 0 ? rest.length : end).join('\n');
}

/** The anchors of a page as code hosts make them from its headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = prose(page)
    .split('\n')
    .filter((line) => /^#+ /.test(line));
  return new Set(headings.map((line) => anchor(headingOf(line))));
}

/** The page without its code blocks. */
export function prose(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** Words that a page sets as code, whole: in a table, `\|` is a bar. */
export function wordsIn(text: string): ReadonlySet<string> {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return new Set(
    spans.flatMap((span) => [span, ...span.split(/[^\w-]+/)]).filter((word) => word !== ''),
  );
}

function headingOf(line: string): string {
  return line.replace(/^#+ /, '').trim();
}

function rankOf(line: string): number {
  return line.indexOf(' ');
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
