import type { Certificate } from './certificate.ts';
import { choiceFor } from './draft-choice.ts';
import { type Binding, type DraftFacts, knownCertificate } from './draft-facts.ts';
import type { BoundCertificate, ListenerState } from './listener.ts';
import type { Draft } from './line.ts';
import type { RotationPlan, Step } from './plan.ts';
import { planHash, recordedSlots } from './plan.ts';
import type { RefusedBinding } from './planning.ts';
import { policyFor } from './policy.ts';
import type { Refusal } from './refusal.ts';
import { isWorthTelling, refusalOf } from './refusal.ts';
import type { ManualRequest } from './request.ts';
import { triggerOf } from './request.ts';

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
    const asked = request?.slot === row.slot ? request : null;
    const answer = answerFor({ ...facts, state, policy, row, request: asked });
    if (answer === null) continue;
    if ('plan' in answer) drafts.push(answer);
    else refused.push(answer);
  }
  // One plan per listener. Where the default slot holds a pair, the second is planned once the first is done.
  const [draft = null] = drafts.toSorted((a, b) => turnOf(a) - turnOf(b));
  return { draft, refused };
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
  });
  const isTold = request !== null || isWorthTelling(bound, policy, { refusal, now });
  if (refusal !== null || bound === null) {
    return isTold && refusal !== null ? refusedAs(binding, refusal, []) : null;
  }
  const choice = choiceFor(binding, bound);
  if (choice.chosen !== null) return draftOf(binding, bound, choice.chosen);
  if (!isTold) return null;
  const rejections = choice.rejections();
  return refusedAs(binding, noCandidate(rejections), rejections);
}

function draftOf(binding: Binding, from: Certificate, to: Certificate): Draft {
  const { state, policy, row, request } = binding;
  const unhashed = {
    ref: state.ref,
    recorded: recordedSlots(state),
    steps: stepsFor(row, to),
    from,
    to,
  };
  const plan: RotationPlan = { ...unhashed, hash: planHash(unhashed, binding.sha256) };
  const trigger =
    request === null ? ({ kind: 'schedule', emergency: false } as const) : triggerOf(request);
  return { plan, policy, trigger, listener: state };
}

/** The steps that bring the candidate into the slot. Slots that cannot be planned were refused before. */
function stepsFor({ slot, id }: BoundCertificate, to: Certificate): readonly Step[] {
  switch (slot) {
    case 'default':
    case 'ca':
      return [{ kind: 'replace', slot, from: id, to: to.id }];
    case 'additional':
      return [
        { kind: 'bind', slot, ids: [to.id] },
        { kind: 'unbind', slot, ids: [id] },
      ];
  }
}

function refusedAs(
  { state, row }: Binding,
  refusal: Refusal,
  rejections: RefusedBinding['rejections'],
): RefusedBinding {
  return { ref: state.ref, slot: row.slot, certificateId: row.id, ...refusal, rejections };
}

/** The rejections come nearest first: what was wrong with that one is what a person asks next. */
function noCandidate(rejections: RefusedBinding['rejections']): Refusal {
  const [nearest] = rejections;
  const detail =
    nearest === undefined
      ? 'the store has no other certificate'
      : `no other certificate may replace it; the nearest of ${rejections.length}, ${nearest.candidate}, ${nearest.detail}`;
  return { reason: 'no-candidate', detail };
}

/** What somebody asked for goes first, then what ends first. */
function turnOf({ plan, trigger }: Draft): number {
  return trigger.kind === 'manual' ? 0 : (plan.from.notAfter?.getTime() ?? 0);
}
