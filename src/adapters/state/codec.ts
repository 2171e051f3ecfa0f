import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';

/** Turns a domain value into stored text and back. */
export interface Codec<T> {
  encode(value: T): string;
  /** Rejects with `store.unreadable` what it cannot read; `key` says where the text came from. */
  decode(text: string, key: string): T;
}

/**
 * The format of stored values. When a shape changes: raise `v`, set `needs` to the first release that reads it, and keep
 * reading the one before.
 */
const format = { v: 1, needs: '0.1.0' } as const;

const Envelope = z.object({ v: z.int().min(1), needs: z.string().max(40), data: z.unknown() });

/**
 * A codec over one shape. The text is JSON: `v` and `needs` as above, and the value as `data` with dates as ISO text. The
 * shape's type is the domain's, so the compiler proves that both agree; make it strict, so that nothing is lost unnoticed.
 */
export function codecOf<T>(shape: z.ZodType<T>): Codec<T> {
  return {
    encode: (data) => JSON.stringify({ ...format, data }),
    decode: (text, key) => {
      const { v, needs, data } = parse(Envelope, readJson(text, key), key);
      if (v > format.v) throw tooNew(key, v, needs);
      return parse(shape, data, key);
    },
  };
}

/** An instant as ISO text, exactly as `Date.toJSON` writes it. */
export const instant: z.ZodType<Date> = z.string().transform((text, context) => {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime()) && date.toISOString() === text) return date;
  context.issues.push({ code: 'custom', message: 'not an instant', input: text });
  return z.NEVER;
});

function readJson(stored: string, key: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    throw new NewleafError('store.unreadable', `read ${key}: it is not JSON`, { fields: { key } });
  }
}

function parse<T>(shape: z.ZodType<T>, value: unknown, key: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined ? '' : issue.path.join('.');
  throw new NewleafError('store.unreadable', `read ${key}: ${issue?.message ?? 'bad shape'}`, {
    fields: { key, at },
  });
}

function tooNew(key: string, v: number, needs: string): NewleafError {
  return new NewleafError(
    'store.unreadable',
    `read ${key}: a newer release wrote it; run newleaf ${needs} or later`,
    { fields: { key, format: v, reads: format.v, needs } },
  );
}
