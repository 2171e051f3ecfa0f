import { z } from 'zod';
import type { AlertState } from '../domain/alert.ts';
import { accountsOf, bindingsOf, regionsOf } from '../domain/alert-place.ts';

const severity = z.enum(['ok', 'info', 'warning', 'critical', 'expired']);

/** What `ack --json` prints, and one entry of `alerts --json`. */
export const AlertDocument = z.strictObject({
  id: z.string(),
  key: z.string(),
  kind: z.string(),
  status: z.enum(['firing', 'resolved', 'notice']),
  severity,
  level: severity,
  title: z.string(),
  episode: z.int(),
  since: z.iso.datetime(),
  raisedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  acknowledged: z
    .strictObject({ by: z.string(), at: z.iso.datetime(), note: z.string() })
    .nullable(),
  announced: z.boolean(),
  accounts: z.array(z.string()),
  regions: z.array(z.string()),
  bindings: z.int(),
  sinks: z.array(
    z.strictObject({
      name: z.string(),
      toldAt: z.iso.datetime().nullable(),
      dueAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type AlertDocument = z.infer<typeof AlertDocument>;

/** What `alerts --json` prints. */
export const AlertsDocument = z.strictObject({ alerts: z.array(AlertDocument) });
export type AlertsDocument = z.infer<typeof AlertsDocument>;

/** Where one sink stands with the alert. */
interface Told {
  readonly name: string;
  readonly toldAt: Date | null;
  readonly dueAt: Date | null;
}

/** One alert as programs read it. */
export function alertDocument(
  { state, announced, sinks }: AlertParts,
  named: { readonly id: string; readonly title: string },
): AlertDocument {
  const { acknowledged, facts } = state;
  return {
    ...named,
    key: state.key,
    kind: facts.kind,
    status: state.status,
    severity: state.severity,
    level: state.level,
    episode: state.episode,
    since: state.since.toISOString(),
    raisedAt: state.raisedAt.toISOString(),
    resolvedAt: textOf(state.resolvedAt),
    acknowledged:
      acknowledged === null ? null : { ...acknowledged, at: acknowledged.at.toISOString() },
    announced,
    accounts: [...accountsOf(facts)],
    regions: [...regionsOf(facts)],
    bindings: bindingsOf(facts).length,
    sinks: sinks.map(({ name, toldAt, dueAt }) => ({
      name,
      toldAt: textOf(toldAt),
      dueAt: textOf(dueAt),
    })),
  };
}

interface AlertParts {
  readonly state: AlertState;
  readonly announced: boolean;
  readonly sinks: readonly Told[];
}

/** What to leave in a list of alerts: the values of one key are ORed, the keys ANDed; null filters nothing. */
export interface AlertFilter {
  readonly severities: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly unacknowledged: boolean;
}

/** The document with only what the filter lets through, in the same order. */
export function filterAlerts({ alerts }: AlertsDocument, filter: AlertFilter): AlertsDocument {
  const { severities, kinds, accounts, regions, unacknowledged } = filter;
  return {
    alerts: alerts.filter(
      (alert) =>
        meets(severities, [alert.severity]) &&
        meets(kinds, [alert.kind]) &&
        meets(accounts, alert.accounts) &&
        meets(regions, alert.regions) &&
        !(unacknowledged && alert.acknowledged !== null),
    ),
  };
}

function meets(wanted: readonly string[] | null, values: readonly string[]): boolean {
  return wanted === null || values.some((value) => wanted.includes(value));
}

function textOf(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
