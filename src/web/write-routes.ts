import { Hono, type Context } from 'hono';
import type { z } from 'zod';
import { ApproveBody, ResolveBody, RollbackBody, RotateBody } from '../api/requests.ts';
import type { Answer, Desk } from './desk.ts';
import { needsJson, needsOperator, problem, type Guarded } from './guards.ts';

type Parsed<T> =
  | { readonly kind: 'body'; readonly body: T }
  | { readonly kind: 'invalid'; readonly reason: string };

/** What only operators may do. */
export function writeRoutes(desk: Desk, signal: AbortSignal): Hono<Guarded> {
  const routes = new Hono<Guarded>();
  routes.post('/rotate', needsOperator, needsJson, async (context) => {
    const caller = context.get('caller');
    // Whoever holds the token is named by it; the body may say on whose behalf.
    const parsed = await parse(context, RotateBody, { requestedBy: caller.name });
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    const answer = await desk.rotate(caller, parsed.body);
    return context.json(answer, answer.state === 'refused' ? 409 : 202);
  });
  routes.post('/approve', needsOperator, needsJson, async (context) => {
    const parsed = await parse(context, ApproveBody);
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    return reply(context, await desk.approve(context.get('caller'), parsed.body.hash));
  });
  routes.post('/scan', needsOperator, needsJson, async (context) => {
    await desk.scanSoon();
    return context.json({}, 202);
  });
  routes.post('/rotations/:id/rollback', needsOperator, needsJson, async (context) => {
    const caller = context.get('caller');
    const parsed = await parse(context, RollbackBody, { requestedBy: caller.name });
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    const id = context.req.param('id');
    const answer = await desk.rollback(caller, id, parsed.body);
    if (answer === null) {
      const message = `no rotation is called ${id}: newleaf rotations lists them`;
      return problem(context, 404, { code: 'not-found', message });
    }
    return context.json(answer, answer.state === 'refused' ? 409 : 202);
  });
  routes.post('/rotations/:id/resolve', needsOperator, needsJson, async (context) => {
    const parsed = await parse(context, ResolveBody);
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    const stop = AbortSignal.any([signal, context.req.raw.signal]);
    const id = context.req.param('id');
    return reply(context, await desk.resolve(context.get('caller'), id, parsed.body, stop));
  });
  return routes;
}

async function parse<T>(
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

function firstIssue({ issues }: z.ZodError): string {
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

function invalid(context: Context, message: string): Response {
  return problem(context, 400, { code: 'request.invalid', message });
}

function reply<T extends object>(context: Context, answer: Answer<T>): Response {
  if (answer.kind === 'done') return context.json(answer.document);
  return problem(context, answer.error.code === 'not-found' ? 404 : 409, answer.error);
}
