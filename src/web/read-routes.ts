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
  routes.get('/certificates/:id', async (context) => {
    const id = context.req.param('id');
    const certificates = await desk.certificate(id);
    if (certificates !== null) return context.json(certificates);
    return problem(context, 404, { code: 'not-found', message: noCertificate(id) });
  });
  routes.get('/rotations', async (context) => context.json(await desk.rotations(shownRotations)));
  routes.get('/rotations/:id', async (context) => {
    const id = context.req.param('id');
    const rotation = await desk.rotation(id);
    if (rotation !== null) return context.json(rotation);
    return problem(context, 404, { code: 'not-found', message: noRotation(id) });
  });
  routes.get('/requests/:id', async (context) => {
    const id = context.req.param('id');
    const request = await desk.request(id);
    if (request !== null) return context.json(request);
    return problem(context, 404, { code: 'not-found', message: `no request is called ${id}` });
  });
  return routes;
}

function noRotation(id: string): string {
  return `no rotation is called ${id}: newleaf rotations lists them`;
}

function noCertificate(id: string): string {
  return `no certificate ${id} is known: give its id, with or without the store site, or at least eight digits of its SHA-256; newleaf status --wide lists those bound`;
}
