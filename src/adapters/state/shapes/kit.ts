import { z } from 'zod';

/** A closed list of words. Every word of the domain's type must be named, so a new one breaks the build here. */
export function oneOf<T extends string>(words: Readonly<Record<T, true>>): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === 'string' && Object.hasOwn(words, value), {
    error: `expected one of ${Object.keys(words).join(', ')}`,
  });
}

/** A union told apart by `kind`. Every kind of the domain's type must be named, so a new one breaks the build here. */
export function variants<T extends { readonly kind: string }>(
  shapes: {
    readonly [K in T['kind']]: z.ZodType<Extract<T, { readonly kind: K }>>;
  },
): z.ZodType<T> {
  const byKind: ReadonlyMap<unknown, z.ZodType<T>> = new Map(Object.entries<z.ZodType<T>>(shapes));
  return z.looseObject({ kind: z.string() }).transform((value, context) => {
    const shape = byKind.get(value.kind);
    const parsed = shape?.safeParse(value);
    if (parsed?.success === true) return parsed.data;
    const [issue] = parsed?.error.issues ?? [];
    context.issues.push({
      code: 'custom',
      message: issue?.message ?? `unknown kind ${value.kind}`,
      path: [value.kind, ...(issue?.path ?? [])],
      input: value,
    });
    return z.NEVER;
  });
}
