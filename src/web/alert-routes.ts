import { Hono } from 'hono';
import { AckBody, SinkTestBody } from '../api/requests.ts';
import { invalid, parse, reply } from './answers.ts';
import type { Desk } from './desk.ts';
import { needsJson, needsOperator, problem, type Guarded } from './guards.ts';

/** Alerts: any token may read them, operators take them on and try sinks. */
export function alertRoutes(desk: Desk, signal: AbortSignal): Hono<Guarded> {
  const routes = new Hono<Guarded>();
  routes.get('/alerts', async (context) => {
    const which = context.req.query('which') ?? 'firing';
    if (which === 'firing' || which === 'all') return context.json(await desk.alerts(which));
    const message = `which must be firing or all, not ${which}`;
    return problem(context, 400, { code: 'request.invalid', message });
  });
  routes.post('/alerts/ack', needsOperator, needsJson, async (context) => {
    const parsed = await parse(context, AckBody);
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    return reply(context, await desk.acknowledge(context.get('caller'), parsed.body));
  });
  routes.post('/alerts/test', needsOperator, needsJson, async (context) => {
    const parsed = await parse(context, SinkTestBody);
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    const stop = AbortSignal.any([signal, context.req.raw.signal]);
    return reply(context, await desk.testSink(context.get('caller'), parsed.body, stop));
  });
  return routes;
}
