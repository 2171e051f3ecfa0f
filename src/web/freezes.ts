import { Hono } from 'hono';
import { FreezeBody, freezeDocument, type FreezesDocument } from '../api/freeze.ts';
import type { FreezeDeps, Frozen } from '../usecases/freeze.ts';
import { liftFreeze, listFreezes, orderFreeze } from '../usecases/freeze.ts';
import { invalid, parse, reply } from './answers.ts';
import type { Answer, Caller } from './desk.ts';
import { needsJson, needsOperator, type Guarded } from './guards.ts';

/** What the API can do about freezes. */
export interface FreezeDesk {
  freezes(): Promise<FreezesDocument>;
  freeze(caller: Caller, body: FreezeBody): Promise<Answer<FreezesDocument>>;
  liftFreeze(caller: Caller, name: string): Promise<Answer<FreezesDocument>>;
}

/** `changed` is done after each change: a lifted freeze need not wait for the next minute. */
export function openFreezeDesk(deps: FreezeDeps, changed: () => Promise<void>): FreezeDesk {
  const list = async (): Promise<FreezesDocument> => ({
    freezes: (await listFreezes(deps)).map(freezeDocument),
  });
  const answer = async (frozen: Frozen): Promise<Answer<FreezesDocument>> => {
    if (frozen.kind === 'refused')
      return { kind: 'refused', error: { code: 'request.invalid', message: frozen.reason } };
    await changed();
    return { kind: 'done', document: await list() };
  };
  return {
    freezes: list,
    freeze: async ({ name: by }, body) => {
      const { name, reason, allowEmergency = false } = body;
      const from = body.from === undefined ? deps.clock.now() : new Date(body.from);
      const until = new Date(body.until);
      return answer(await orderFreeze(deps, { name, from, until, allowEmergency, reason, by }));
    },
    liftFreeze: async ({ name: by }, name) => answer(await liftFreeze(deps, name, by)),
  };
}

/** Anyone may read the freezes, only operators order and lift them. */
export function freezeRoutes(desk: FreezeDesk): Hono<Guarded> {
  const routes = new Hono<Guarded>();
  routes.get('/freezes', async (context) => context.json(await desk.freezes()));
  routes.post('/freezes', needsOperator, needsJson, async (context) => {
    const parsed = await parse(context, FreezeBody);
    if (parsed.kind === 'invalid') return invalid(context, parsed.reason);
    return reply(context, await desk.freeze(context.get('caller'), parsed.body));
  });
  routes.post('/freezes/:name/lift', needsOperator, needsJson, async (context) =>
    reply(context, await desk.liftFreeze(context.get('caller'), context.req.param('name'))),
  );
  return routes;
}
