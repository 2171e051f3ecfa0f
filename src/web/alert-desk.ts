import { type AlertDocument, alertDocument } from '../api/alert.ts';
import type { UseCases } from '../build-usecases.ts';
import type { AlertState } from '../domain/alert.ts';
import { alertId } from '../domain/alert-name.ts';
import { type AuditNote, auditNote } from '../domain/audit.ts';
import { headline } from '../messages/render.ts';
import type { AuditTrail } from '../ports/audit.ts';
import {
  type Acknowledged,
  acknowledgeAlert,
  type AlertView,
  listAlerts,
} from '../usecases/alert-admin.ts';
import type { Answer, Desk } from './desk.ts';

type Deps = UseCases['alerts'];

/** The part of the HTTP API that is about alerts. */
export function alertDesk(
  deps: Deps,
  audit: Pick<AuditTrail, 'append'>,
): Pick<Desk, 'alerts' | 'acknowledge'> {
  return {
    alerts: async (which) => {
      const views = await listAlerts(deps, which);
      return { alerts: views.map((view) => documentOf(deps, view)) };
    },
    acknowledge: async (caller, { alert, note = '' }) => {
      const ended = await acknowledgeAlert(deps, { alert, by: caller.name, note });
      if (ended.kind === 'done') await audit.append([noteOn(ended.view.state, caller.name, note)]);
      return answerTo(deps, alert, ended);
    },
  };
}

function noteOn({ key, acknowledged }: AlertState, actor: string, note: string): AuditNote {
  const at = acknowledged?.at ?? new Date(0);
  return auditNote({
    at,
    actor,
    action: 'alert.acknowledged',
    facts: { alert: key, note },
    source: `alert/${key}/${at.toISOString()}`,
  });
}

/** So many names tell which one was meant. */
const mostNamed = 5;

function answerTo(deps: Deps, alert: string, ended: Acknowledged): Answer<AlertDocument> {
  switch (ended.kind) {
    case 'done':
      return { kind: 'done', document: documentOf(deps, ended.view) };
    case 'none':
      return refused('not-found', `no alert fires under ${alert}: newleaf alerts lists them`);
    case 'several': {
      const { keys } = ended;
      const named = keys.slice(0, mostNamed).join(', ');
      const rest = keys.length > mostNamed ? ` and ${keys.length - mostNamed} more` : '';
      return refused('request.invalid', `${alert} may mean ${named}${rest}: give more of it`);
    }
  }
}

function refused(code: string, message: string): Answer<never> {
  return { kind: 'refused', error: { code, message } };
}

/** The documents are English, and their instants UTC. */
function documentOf({ clock, sha256 }: Deps, view: AlertView): AlertDocument {
  const { state } = view;
  const title = headline(state, { language: 'en', timezone: 'UTC', now: clock.now() });
  return alertDocument(view, { id: alertId(sha256, state.key), title });
}
