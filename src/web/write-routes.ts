import { Hono } from 'hono';
import { ApproveBody, ResolveBody, RollbackBody, RotateBody } from '../api/requests.ts';
import { invalid, parse, reply } from './answers.ts';
import type { Desk } from './desk.ts';
import { needsJson, needsOperator, problem, type Guarded } from './guards.ts';

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
    await desk.scanSoon(context.get('caller'));
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
