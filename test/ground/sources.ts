import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';

/** The TypeScript files below a folder, as paths from the root of the repository. */
export function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .toSorted();
}

/** The code of a file: what is left without its comments. Line breaks stay, so that lines keep their numbers. */
export function codeOf(path: string): string {
  return readFileSync(path, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** The part of a JSON file that a test looks at. */
export function readJson<T>(path: string, shape: z.ZodType<T>): T {
  return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
}
