import { z } from 'zod';
import { refusalOf } from '../http/refusals.ts';
import { badParameter } from './errors.ts';

const longest = 64;

/**
 * Reads `20171013T170923.456+0800` (milliseconds and colon optional, `Z` allowed), or milliseconds since 1970 as a decimal
 * number. Without a value it is `now`. Refuses anything else.
 */
export function timeOf(sent: string | undefined, now: number): number {
  if (sent === undefined) return now;
  const millis = /^\d{1,15}$/.test(sent) ? Number(sent) : Date.parse(extended(sent));
  if (Number.isNaN(millis)) throw refusalOf(badParameter);
  return millis;
}

/** The basic form of ISO 8601 in its extended form; `2017-10-12T13:24:56Z` stays as it is. */
function extended(basic: string): string {
  const form = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d(?:\.\d{1,3})?)(Z|[+-]\d\d:?\d\d)$/;
  const match = form.exec(basic);
  if (match === null) return '';
  const [, year, month, day, hour, minute, second, zone = ''] = match;
  const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

/** A name starts with a letter and goes on with letters, digits and `_`; what is not so is replaced, and the rest cut off. */
export function metricName(sent: string): string {
  return sent
    .replace(/^[^A-Za-z]/, 'A')
    .replaceAll(/\W/g, '_')
    .slice(0, longest);
}

const flatText = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));
const numbers = z.record(z.string().min(1), z.number());

/** Dimensions are a map of texts; `=`, `&` and `,` in them are replaced, and what is too long is cut off. */
export function dimensionsOf(sent: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parsed(flatText, sent)).map(([key, value]) => [fit(key), fit(String(value))]),
  );
}

/** Values are a map of numbers with at least one. */
export function valuesOf(sent: string): Readonly<Record<string, number>> {
  const values = Object.entries(parsed(numbers, sent));
  if (values.length === 0) throw refusalOf(badParameter);
  return Object.fromEntries(values.map(([key, value]) => [key.slice(0, longest), value]));
}

function fit(text: string): string {
  return text.replaceAll(/[=&,]/g, '_').slice(0, longest);
}

function parsed<S extends z.ZodType>(schema: S, json: string): z.output<S> {
  const result = schema.safeParse(jsonOf(json));
  if (!result.success) throw refusalOf(badParameter);
  return result.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
