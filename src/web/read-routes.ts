import { Hono } from 'hono';
import type { Desk } from './desk.ts';
import { problem, type Guarded } from './guards.ts';

const shownRotations = 100;

/** What any token may read. */
export function readRoutes(desk: Desk): Hono<Guarded> {
  const routes = new Hono<Guarded>();
  routes.get('/status', async (context) => context.json(await desk.status()));
  routes.get('/health', async (context) => context.json(await desk.health()));
  routes.get('/plan', async (context) => context.json(await desk.plan()));
  routes.get('/rotations', async (context) => context.json(await desk.rotations(shownRotations)));
  routes.get('/rotations/:id', async (context) => {
    const id = context.req.param('id');
    const rotation = await desk.rotation(id);
    if (rotation !== null) return context.json(rotation);
    return problem(context, 404, { code: 'not-found', message: `no rotation is called ${id}` });
  });
  routes.get('/requests/:id', async (context) => {
    const id = context.req.param('id');
    const request = await desk.request(id);
    if (request !== null) return context.json(request);
    return problem(context, 404, { code: 'not-found', message: `no request is called ${id}` });
  });
  return routes;
}
