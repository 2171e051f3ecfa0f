import { type Context, Hono } from 'hono';
import type { Desk } from './desk.ts';
import { healthText } from './health.ts';

/** What probes and scrapers ask, without a token. Nothing here names a listener's names or a secret. */
export function openRoutes(desk: Pick<Desk, 'health' | 'life' | 'metrics'>): Hono {
  const routes = new Hono();
  routes.get('/healthz', (context) => {
    const { alive, detail } = desk.life();
    const status = alive ? 200 : 503;
    if (wants(context) === 'application/json') return context.json({ alive, detail }, status);
    return context.text(alive ? 'ok\n' : `${detail}\n`, status);
  });
  routes.get('/readyz', async (context) => {
    const health = await desk.health();
    const status = health.ready ? 200 : 503;
    if (wants(context) === 'text/plain') return context.text(healthText(health), status);
    return context.json(health, status);
  });
  routes.get('/metrics', async (context) => {
    const { contentType, text } = await desk.metrics();
    return context.body(text, 200, { 'content-type': contentType });
  });
  return routes;
}

/** The form that a caller asks for by name; null: whichever is usual. */
function wants(context: Context): 'application/json' | 'text/plain' | null {
  const accepted = context.req.header('accept') ?? '';
  if (accepted.includes('application/json')) return 'application/json';
  return accepted.includes('text/plain') ? 'text/plain' : null;
}
