import { z } from 'zod';
import type { ConfigDocument, KeyPath, Problem } from './document.ts';
import { nearest } from './nearest.ts';

/** One line for each thing that is wrong, in the order of the file. `schema` is the JSON Schema of the whole. */
export function problemsOf(
  error: z.core.$ZodError,
  schema: unknown,
  document: ConfigDocument,
): readonly Problem[] {
  return error.issues
    .flatMap((issue) => linesOf(issue, schema, document.value))
    .map(({ path, text }) => at(path, text, document))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** A problem with the key at this path. */
export function at(path: KeyPath, text: string, document: ConfigDocument): Problem {
  const key = keyPath(path);
  return { line: document.lineOf(path), text: key === '' ? text : `${key}: ${text}` };
}

function linesOf(
  issue: z.core.$ZodIssue,
  schema: unknown,
  value: unknown,
): { path: KeyPath; text: string }[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'invalid_key') {
    return [{ path, text: issue.issues[0]?.message ?? issue.message }];
  }
  if (issue.code !== 'unrecognized_keys') return [{ path, text: issue.message }];
  const known = keysAt(schema, path, kindAt(value, path));
  return issue.keys.map((key) => ({ path: [...path, key], text: unknownKey(key, known) }));
}

function unknownKey(key: string, known: readonly string[]): string {
  const hint = nearest(key, known);
  const suggestion = hint === null ? '' : `; did you mean ${hint}?`;
  return `unknown key${suggestion} (allowed: ${known.join(', ')})`;
}

/** `policies[0].match.regions`; a part with other letters is quoted. */
function keyPath(path: KeyPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `["${part}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** The `kind` of the mapping at this path, by which its alternatives are told apart. */
function kindAt(value: unknown, path: KeyPath): unknown {
  return record(path.reduce((node, part) => record(node)[part], value))['kind'];
}

/** The keys that may stand in the mapping at this path, over all alternatives that it may be. */
function keysAt(schema: unknown, path: KeyPath, kind: unknown): readonly string[] {
  const nodes = path.reduce<readonly unknown[]>(
    (found, part) => found.flatMap(alternatives).flatMap((node) => below(node, part)),
    [schema],
  );
  const possible = nodes.flatMap(alternatives).filter((node) => isOfKind(node, kind));
  return [...new Set(possible.flatMap(keysOf))];
}

function isOfKind(node: unknown, kind: unknown): boolean {
  const wanted = record(record(record(node)['properties'])['kind'])['const'];
  return wanted === undefined || wanted === kind;
}

/** The keys of one mapping. A key under which nothing may stand is one this release does not support. */
function keysOf(node: unknown): readonly string[] {
  const { properties, propertyNames } = record(node);
  const names = record(propertyNames)['enum'];
  if (Array.isArray(names)) return names.map(String);
  return Object.entries(record(properties))
    .filter(([, value]) => !('not' in record(value)))
    .map(([key]) => key);
}

function alternatives(node: unknown): readonly unknown[] {
  const { anyOf, oneOf } = record(node);
  const some = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return some.length === 0 ? [node] : some.flatMap(alternatives);
}

function below(node: unknown, part: string | number): readonly unknown[] {
  const { items, properties, additionalProperties } = record(node);
  const next =
    typeof part === 'number' ? items : (record(properties)[part] ?? additionalProperties);
  return next === undefined || next === false ? [] : [next];
}

const Mapping = z.record(z.string(), z.unknown());

function record(node: unknown): Readonly<Record<string, unknown>> {
  const parsed = Mapping.safeParse(node);
  return parsed.success ? parsed.data : {};
}
