import { Hono } from 'hono';
import { LiftBody, type QuarantineDocument, quarantineDocument } from '../api/quarantine.ts';
import { liftQuarantine, listQuarantines, type QuarantineDeps } from '../usecases/quarantine.ts';
import { invalid, parse, reply } from './answers.ts';
import type { Answer, Caller } from './desk.ts';
import { needsJson, needsOperator, type Guarded } from './guards.ts';

/** What the API can do about quarantines. */
export interface QuarantineDesk {
  quarantine(): Promise<QuarantineDocument>;
  liftQuarantine(caller: Caller, body: LiftBody): Promise<Answer<QuarantineDocument>>;
}

/** `changed` is done after each change: what may start now need not wait for the next minute. */
export function openQuarantineDesk(
  deps: QuarantineDeps,
  changed: () => Promise<void>,
): QuarantineDesk {
  const list = async () => quarantineDocument(await listQuarantines(deps));
  return {
    quarantine: list,
    liftQuarantine: async ({ name: by }, body) => {
      const lifted = await liftQuarantine(deps, { ...body, by });
      if (lifted.kind === 'refused')
        return { kind: 'refused', error: { code: 'not-found', message: lifted.reason } };
      await changed();
      return { kind: 'done', document: await list() };
    },
  };
}

/** Anyone may read what is quarantined, only operators lift it. */
export function quarantineRoutes(desk: QuarantineDesk): Hono<Guarded> {
  const routes = new Hono<Guarded>();
  routes.get('/quarantine', async (context) => context.json(await desk.quarantine()));
  routes.post('/quarantine/lift', needsOperator, needsJson, async (context) => {
    const parsed = await parse(context, LiftBody);
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    return reply(context, await desk.liftQuarantine(context.get('caller'), parsed.body));
  });
  return routes;
}
