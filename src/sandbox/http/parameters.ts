import { z } from 'zod';
import { gatewayError } from './refusals.ts';
import type { RawParameters } from './operation.ts';

/** A parameter as text. */
export function text(limits: { min?: number; max?: number } = {}) {
  return z
    .string()
    .min(limits.min ?? 1)
    .max(limits.max ?? 4096);
}

/** A decimal number between two bounds, both allowed. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

export function flag() {
  return z.enum(['true', 'false']).transform((value) => value === 'true');
}

/** `Name.1=…&Name.2=…`. */
export function list(max: number, min = 0) {
  return z.array(text()).min(min).max(max);
}

/** `Tag.1.Key=…&Tag.1.Value=…`. */
export function tagFilter() {
  return z
    .array(z.object({ Key: text().optional(), Value: z.string().optional() }))
    .min(1)
    .max(20);
}

const deepest = 6;
type Branch = Map<string, Branch | string>;

/** Turns `A.1.B` pairs into nested values: all-number keys make an array in their order, others an object. */
export function unflatten(pairs: Iterable<readonly [string, string]>): RawParameters {
  const root: Branch = new Map();
  for (const [name, value] of pairs) place(root, name.split('.'), value);
  return objectOf(root);
}

function place(root: Branch, path: readonly string[], value: string): void {
  if (path.length > deepest || path.some((part) => part === '')) {
    throw gatewayError('InvalidParameter');
  }
  let at = root;
  for (const part of path.slice(0, -1)) {
    const next = at.get(part);
    if (next instanceof Map) at = next;
    else {
      const branch: Branch = new Map();
      at.set(part, branch);
      at = branch;
    }
  }
  at.set(path.at(-1) ?? '', value);
}

function objectOf(branch: Branch): Record<string, unknown> {
  return Object.fromEntries([...branch].map(([key, value]) => [key, valueOf(value)]));
}

function valueOf(node: Branch | string): unknown {
  if (typeof node === 'string') return node;
  const keys = [...node.keys()];
  if (!keys.every((key) => /^[1-9]\d{0,3}$/.test(key))) return objectOf(node);
  return keys
    .toSorted((left, right) => Number(left) - Number(right))
    .map((key) => valueOf(node.get(key) ?? ''));
}
