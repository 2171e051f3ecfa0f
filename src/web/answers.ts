import type { Context } from 'hono';
import type { z } from 'zod';
import type { Answer } from './desk.ts';
import { problem, type Guarded } from './guards.ts';

type Parsed<T> =
  | { readonly kind: 'body'; readonly body: T }
  | { readonly kind: 'invalid'; readonly reason: string };

/** The body in our words, over what the route assumes when it is left out; or why it does not fit. */
export async function parse<T>(
  context: Context<Guarded>,
  shape: z.ZodType<T>,
  defaults: Readonly<Record<string, unknown>> = {},
): Promise<Parsed<T>> {
  const json = readJson(await context.req.text());
  if (json.kind === 'invalid') return json;
  const { body } = json;
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const result = shape.safeParse(isObject ? { ...defaults, ...body } : body);
  return result.success
    ? { kind: 'body', body: result.data }
    : { kind: 'invalid', reason: firstIssue(result.error) };
}

/** What is wrong first, by the name of the field. */
export function firstIssue({ issues }: z.ZodError): string {
  return issues
    .slice(0, 1)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('');
}

function readJson(text: string): Parsed<unknown> {
  try {
    return { kind: 'body', body: JSON.parse(text) };
  } catch {
    return { kind: 'invalid', reason: 'the body is not JSON' };
  }
}

export function invalid(context: Context, message: string): Response {
  return problem(context, 400, { code: 'request.invalid', message });
}

/** The document, or the refusal as 404 or 409. */
export function reply<T extends object>(context: Context, answer: Answer<T>): Response {
  if (answer.kind === 'done') return context.json(answer.document);
  return problem(context, answer.error.code === 'not-found' ? 404 : 409, answer.error);
}
