import { type AuditFacts, type AuditNote, auditNote } from '../domain/audit.ts';
import { knownFreezes, type KnownFreeze } from '../domain/freezes.ts';
import { type OrderedFreeze, withFreeze, withoutFreeze } from '../domain/operator.ts';
import type { Freeze } from '../domain/policy.ts';
import type { Rules } from '../domain/rules.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OperatorBook } from '../ports/operator-state.ts';

export interface FreezeDeps {
  readonly operator: OperatorBook;
  readonly rules: () => Pick<Rules, 'freezes'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly log: Log;
}

export type Frozen =
  | { readonly kind: 'frozen' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Every freeze that is not over, ordered or configured, the one that begins first before the others. */
export async function listFreezes(
  deps: Pick<FreezeDeps, 'operator' | 'rules' | 'clock'>,
): Promise<readonly KnownFreeze[]> {
  const { freezes } = await deps.operator.read();
  return knownFreezes(deps.rules().freezes, freezes, deps.clock.now());
}

/**
 * Orders a freeze, in place of an earlier order of the same name. It binds every rotation that has not sent its first write,
 * manual requests included; one that has goes on, because stopping half-way is worse.
 */
export async function orderFreeze(
  deps: FreezeDeps,
  freeze: Omit<OrderedFreeze, 'at'>,
): Promise<Frozen> {
  const at = deps.clock.now();
  const objection = objectionTo(deps, freeze, at);
  if (objection !== null) {
    await deps.audit.append([noteOn(freeze, 'freeze.refused', at, { why: objection })]);
    return { kind: 'refused', reason: objection };
  }
  await deps.operator.update((state) => ({
    next: withFreeze(state, { ...freeze, at }),
    result: null,
  }));
  const { name, from, until, by, reason, allowEmergency } = freeze;
  await deps.audit.append([noteOn(freeze, 'freeze.ordered', at)]);
  deps.log.info({ freeze: name, from, until, allowEmergency, by, reason }, 'freeze ordered');
  return { kind: 'frozen' };
}

/** Ends an ordered freeze, or refuses with what to do instead. */
export async function liftFreeze(deps: FreezeDeps, name: string, by: string): Promise<Frozen> {
  const found = await deps.operator.update((state) => ({
    next: withoutFreeze(state, name),
    result: state.freezes.some((freeze) => freeze.name === name),
  }));
  if (!found) return { kind: 'refused', reason: whyNotLifted(deps, name) };
  const at = deps.clock.now();
  const [action, source] = ['freeze.lifted', `freeze/${name}/lifted/${at.toISOString()}`] as const;
  await deps.audit.append([auditNote({ at, actor: by, action, facts: { freeze: name }, source })]);
  deps.log.info({ freeze: name, by }, 'freeze lifted');
  return { kind: 'frozen' };
}

function noteOn(
  { name, from, until, allowEmergency, reason, by }: Omit<OrderedFreeze, 'at'>,
  action: 'freeze.ordered' | 'freeze.refused',
  at: Date,
  more: AuditFacts = {},
): AuditNote {
  const span = { from: from.toISOString(), until: until.toISOString() };
  return auditNote({
    at,
    actor: by,
    action,
    facts: { freeze: name, ...span, allowEmergency, reason, ...more },
    source: `${action}/${name}/${at.toISOString()}`,
  });
}

function objectionTo(
  deps: Pick<FreezeDeps, 'rules'>,
  { name, from, until }: Freeze,
  now: Date,
): string | null {
  if (isConfigured(deps, name)) return `a freeze of the configuration is called ${name}`;
  if (until <= from) return 'the freeze would end before it begins';
  return until <= now ? 'the freeze would be over already' : null;
}

function whyNotLifted(deps: Pick<FreezeDeps, 'rules'>, name: string): string {
  return isConfigured(deps, name)
    ? `${name} stands in the configuration: take it out there and reload`
    : `no freeze is called ${name}: newleaf freeze lists them`;
}

function isConfigured({ rules }: Pick<FreezeDeps, 'rules'>, name: string): boolean {
  return rules().freezes.some((freeze) => freeze.name === name);
}
