import { Hono } from 'hono';
import {
  type AuditCheckDocument,
  auditCheckDocument,
  type AuditDocument,
  auditDocument,
  AuditQuery,
  KeptHead,
} from '../api/audit.ts';
import type { AuditHead } from '../domain/audit.ts';
import { listAudit, type ReadAuditDeps, verifyAudit } from '../usecases/audit/read.ts';
import { firstIssue, invalid } from './answers.ts';
import type { Guarded } from './guards.ts';

/** What the API tells of the audit. Nobody writes there by hand. */
export interface AuditDesk {
  audit(query: AuditQuery): Promise<AuditDocument>;
  verifyAudit(kept: AuditHead | null): Promise<AuditCheckDocument>;
}

/** `catchUp` copies what the Journals hold already: whoever asks right after a rotation finds it. */
export function openAuditDesk(deps: ReadAuditDeps, catchUp: () => Promise<void>): AuditDesk {
  return {
    audit: async ({ listener, rotation, plan, actor, action, since, until, limit }) => {
      await catchUp();
      const filter = {
        listener,
        rotationId: rotation,
        planHash: plan,
        actor,
        action,
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
      };
      const { rows, head } = await listAudit(deps, filter, limit);
      return auditDocument(rows, head);
    },
    verifyAudit: async (kept) => auditCheckDocument(await verifyAudit(deps, kept)),
  };
}

/** Any token may read the audit. */
export function auditRoutes(desk: AuditDesk): Hono<Guarded> {
  const routes = new Hono<Guarded>();
  routes.get('/audit', async (context) => {
    const query = AuditQuery.safeParse(context.req.query());
    if (!query.success) return invalid(context, firstIssue(query.error));
    return context.json(await desk.audit(query.data));
  });
  routes.get('/audit/verify', async (context) => {
    const kept = KeptHead.optional().safeParse(context.req.query('head'));
    if (!kept.success) return invalid(context, `head: ${firstIssue(kept.error)}`);
    return context.json(await desk.verifyAudit(kept.data ?? null));
  });
  return routes;
}
