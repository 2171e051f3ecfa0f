import type { Certificate, CertificateId } from './certificate.ts';
import { choiceFor, pinnedIn } from './draft-choice.ts';
import { type Binding, type DraftFacts, knownCertificate } from './draft-facts.ts';
import type { BoundCertificate, ListenerState } from './listener.ts';
import type { Draft } from './line.ts';
import type { RotationPlan, Step } from './plan.ts';
import { planHash, recordedSlots } from './plan.ts';
import type { RefusedBinding, Rejection } from './planning.ts';
import { policyFor } from './policy.ts';
import type { BindingFacts, Refusal } from './refusal.ts';
import { isWorthTelling, refusalOf } from './refusal.ts';
import type { ManualRequest } from './request.ts';
import { triggerOf } from './request.ts';
import { loadBalancerKey } from './trial.ts';

/** At most one plan for a listener, and why each other binding that is worth telling has none. */
export interface Drafted {
  readonly draft: Draft | null;
  readonly refused: readonly RefusedBinding[];
}

/** Drafts one listener. A request names the only candidate to consider if it pins one. */
export function draftListener(
  facts: DraftFacts,
  state: ListenerState,
  request: ManualRequest | null,
): Drafted {
  const policy = policyFor(facts.policies, state);
  const refused: RefusedBinding[] = [];
  const drafts: Draft[] = [];
  for (const row of state.bound.filter(({ state: stage }) => stage !== 'unbinding')) {
    const asked = request !== null && isMeant(request, row) ? request : null;
    const answer = answerFor({ ...facts, state, policy, row, request: asked });
    if (answer === null) continue;
    if ('plan' in answer) drafts.push(answer);
    else refused.push(answer);
  }
  // One plan per listener. Where the default slot holds a pair, the second is planned once the first is done.
  const [draft = null] = drafts.toSorted((a, b) => turnOf(a) - turnOf(b));
  return { draft, refused };
}

/** A slot may hold many: whoever names the certificate that is to go means no other. */
function isMeant({ slot, from }: ManualRequest, row: BoundCertificate): boolean {
  return slot === row.slot && (from === null || from === row.id);
}

/** Null: no plan, and nothing worth telling. */
function answerFor(binding: Binding): Draft | RefusedBinding | null {
  const { inventory, admission, state, policy, row, request, now } = binding;
  const known = knownCertificate(binding, state.ref.account, row.id);
  const bound = known?.certificate ?? null;
  const refusal = refusalOf({
    inventory,
    admission,
    state,
    row,
    bound: known,
    requested: request !== null,
    quota: quotaOf(binding),
    mayGap: policy.allow.gap === true,
  });
  const isTold = request !== null || isWorthTelling(bound, policy, { refusal, now });
  if (refusal !== null || bound === null) {
    return isTold && refusal !== null ? refusedAs(binding, refusal, []) : null;
  }
  const choice = choiceFor(binding, bound);
  if (choice.chosen !== null)
    return { ...draftOf(binding, bound, choice.chosen), others: choice.others };
  if (!isTold) return null;
  const rejections = choice.rejections();
  return refusedAs(binding, noCandidate(binding, rejections), rejections);
}

function draftOf(binding: Binding, from: Certificate, to: Certificate): Draft {
  const { state, policy, request } = binding;
  const unhashed = {
    ref: state.ref,
    recorded: recordedSlots(state),
    steps: stepsFor(state, from, to, hasRoomIn(quotaOf(binding))),
    from,
    to,
  };
  const plan: RotationPlan = { ...unhashed, hash: planHash(unhashed, binding.sha256) };
  const trigger =
    request === null ? ({ kind: 'schedule', emergency: false } as const) : triggerOf(request);
  return { plan, policy, trigger, listener: state };
}

/**
 * The steps that bring the candidate into every slot that holds the old certificate. Additional ones are bound before the old one
 * goes, unless there is no room for both.
 */
function stepsFor(
  state: ListenerState,
  from: Certificate,
  to: Certificate,
  hasRoom: boolean,
): readonly Step[] {
  const holding = new Set(state.bound.filter(({ id }) => id === from.id).map(({ slot }) => slot));
  const replace = (slot: 'default' | 'ca'): readonly Step[] =>
    holding.has(slot) ? [{ kind: 'replace', slot, from: from.id, to: to.id }] : [];
  const bind: Step = { kind: 'bind', slot: 'additional', ids: [to.id] };
  const unbind: Step = { kind: 'unbind', slot: 'additional', ids: [from.id] };
  const additional = hasRoom ? [bind, unbind] : [unbind, bind];
  return [
    ...replace('default'),
    ...(holding.has('additional') ? additional : []),
    ...replace('ca'),
  ];
}

function quotaOf({ additional, additionalLimit, state }: Binding): BindingFacts['quota'] {
  const used = additional.get(loadBalancerKey(state.ref)) ?? 0;
  return { used, limit: additionalLimit(state.ref) };
}

function hasRoomIn({ used, limit }: BindingFacts['quota']): boolean {
  return used !== limit;
}

function refusedAs(
  { state, row }: Binding,
  refusal: Refusal,
  rejections: RefusedBinding['rejections'],
): RefusedBinding {
  return { ref: state.ref, slot: row.slot, certificateId: row.id, ...refusal, rejections };
}

/** The rejections come nearest first: what was wrong with that one is what a person asks next. */
function noCandidate(binding: Binding, rejections: RefusedBinding['rejections']): Refusal {
  const { row } = binding;
  const [nearest] = rejections;
  const pinned = pinnedIn(binding);
  if (pinned !== null) return pinnedRefusal(row.id, pinned, nearest);
  if (nearest !== undefined) {
    const detail = `no other certificate may replace it; the nearest of ${rejections.length}, ${nearest.candidate}, ${nearest.detail}`;
    return { reason: 'no-candidate', detail };
  }
  const detail =
    row.slot === 'ca'
      ? `no entry of caReplacements says what replaces ${row.id}: add one, or name it with newleaf rotate --slot ca --to`
      : 'the store has no other certificate';
  return { reason: 'no-candidate', detail };
}

function pinnedRefusal(
  bound: CertificateId,
  pinned: readonly CertificateId[],
  nearest: Rejection | undefined,
): Refusal {
  const what = `the slot is pinned to ${pinned.join(', ') || 'nothing that both of its slots may take'}`;
  const reason = 'no-candidate' as const;
  if (nearest !== undefined)
    return { reason, detail: `${what}, and ${nearest.candidate} ${nearest.detail}` };
  const why = pinned.includes(bound) ? 'which is bound' : 'which the store does not hold';
  return { reason, detail: `${what}, ${why}` };
}

/** What somebody asked for goes first, then what ends first. */
function turnOf({ plan, trigger }: Draft): number {
  return trigger.kind === 'manual' ? 0 : (plan.from.notAfter?.getTime() ?? 0);
}
