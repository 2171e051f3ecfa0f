import { isIP } from 'node:net';
import { z } from 'zod';
import { longestGap } from '../cron.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { nearest } from '../nearest.ts';

/** The error of a leaf: what is allowed, and what was found instead. Never for secrets. */
export function expected(allowed: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) =>
      input === undefined
        ? `is missing; must be ${allowed}`
        : `must be ${allowed}, not ${show(input)}`,
  };
}

/** A mapping with exactly these keys. Left out, it is as if it were empty. */
export function section<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code, input }) =>
      code === 'invalid_type'
        ? `must be a mapping with the keys ${keys}, not ${typeName(input)}`
        : undefined,
  });
}

/** A list; `what` names its entries. */
export function list<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, {
    error: ({ input }) => `must be a list of ${what}, not ${typeName(input)}`,
  });
}

/**
 * A value that the file spells as text. `parse` gives null for a text that is none; `format` gives a text that `parse` takes
 * back to the same value.
 */
export function spelled<T>(parts: {
  readonly allowed: string;
  readonly pattern: RegExp;
  readonly value: z.ZodType<T, T>;
  readonly parse: (text: string) => T | null;
  readonly format: (value: T) => string;
}): z.ZodCodec<z.ZodString, z.ZodType<T, T>> {
  const allowed = expected(parts.allowed);
  return z.codec(z.string(allowed).regex(parts.pattern, allowed), parts.value, {
    decode: (input, payload) => {
      const value = parts.parse(input);
      if (value !== null) return value;
      payload.issues.push({ code: 'custom', input, message: allowed.error({ input }) });
      return z.NEVER;
    },
    encode: parts.format,
  });
}

export function duration(low = '0s', high = '3650d') {
  const from = parseDuration(low) ?? 0;
  const until = parseDuration(high) ?? Number.POSITIVE_INFINITY;
  return spelled({
    allowed: `a duration from ${low} to ${high}, a whole number with ms, s, m, h or d`,
    pattern: /^\d+(ms|s|m|h|d)$/,
    value: z.number(),
    parse: (input) => {
      const millis = parseDuration(input);
      return millis !== null && millis >= from && millis <= until ? millis : null;
    },
    format: formatDuration,
  });
}

export function whole(low: number, high: number) {
  const allowed = expected(`a whole number from ${low} to ${high}`);
  return z.int(allowed).min(low, allowed).max(high, allowed);
}

export function yesOrNo() {
  return z.boolean(expected('true or false'));
}

/** One of a few words; a near miss is suggested. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const allowed = words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
  return z.enum(words, {
    error: (issue) => {
      const hint = typeof issue.input === 'string' ? nearest(issue.input, words) : null;
      return expected(allowed).error(issue) + (hint === null ? '' : `; did you mean ${hint}?`);
    },
  });
}

/** Free text that is looked up as it stands: a `${NAME}` in it would only be taken literally. */
export function text(what: string, pattern = /^[^\n]+$/) {
  return z
    .string(expected(what))
    .regex(pattern, expected(what))
    .refine((value) => !value.includes('${'), {
      error: '${…} works only in secrets and URLs',
    });
}

/** A name that becomes part of keys in stores, metrics and alerts. */
export function name() {
  return text(
    'a name of letters, digits, dot, dash and underscore',
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  );
}

/** A wall-clock time of any day. */
export function clockTime() {
  return text('a time as "HH:MM"', /^([01]\d|2[0-3]):[0-5]\d$/);
}

export function timezone() {
  return text('an IANA time zone such as Asia/Shanghai').refine(isTimezone, {
    error: ({ input }) => {
      const hint = nearest(String(input), Intl.supportedValuesOf('timeZone'));
      return `must be an IANA time zone such as Asia/Shanghai, not ${show(input)}${hint === null ? '' : `; did you mean ${hint}?`}`;
    },
  });
}

export function cron() {
  const allowed =
    'a cron expression of five fields, or six with seconds first, such as "7 */6 * * *"';
  return text(allowed).refine((value) => longestGap(value) !== null, expected(allowed));
}

/** `HOST:PORT` or `[IPV6]:PORT`. */
export function hostPort() {
  const allowed = 'HOST:PORT such as 127.0.0.1:9877';
  return text(allowed).refine((value) => splitHostPort(value) !== null, expected(allowed));
}

/** `HOST:PORT` as its parts. Port 0 takes any free port. */
export function address() {
  return spelled({
    allowed: 'HOST:PORT such as 127.0.0.1:9877',
    pattern: /:\d{1,5}$/,
    value: z.object({ host: z.string(), port: z.number() }),
    parse: splitHostPort,
    format: ({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`),
  });
}

function splitHostPort(value: string): { host: string; port: number } | null {
  const found = /^(?:\[([^\]]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(value);
  if (found === null) return null;
  const [, ipv6, host] = found;
  const port = Number(found[3]);
  if (port > 65_535 || (ipv6 !== undefined && isIP(ipv6) !== 6)) return null;
  return { host: ipv6 ?? host ?? '', port };
}

/** A value as an error shows it: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
  }
  return typeName(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
