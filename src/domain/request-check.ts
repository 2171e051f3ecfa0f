import type { Drafted } from './draft.ts';
import { draftListener } from './draft.ts';
import type { DraftFacts } from './draft-facts.ts';
import type { ListenerState } from './listener.ts';
import { idsIn } from './listener.ts';
import { pinnedFor } from './pins.ts';
import type { RefusedBinding } from './planning.ts';
import type { Policy } from './policy.ts';
import { policyFor } from './policy.ts';
import type { ManualRequest } from './request.ts';

/** What came of a request: a draft that starts or waits, or the sentence that refuses it. */
export type Requested =
  | { readonly kind: 'drafted'; readonly drafted: Drafted }
  | { readonly kind: 'refused'; readonly reason: string };

/** Drafts a listener as somebody asked by hand. The policy's word stands: what it forbids is refused, not put off. */
export function draftRequest(
  facts: DraftFacts,
  state: ListenerState,
  request: ManualRequest,
): Requested {
  const objection =
    forbidden(policyFor(facts.policies, state), request) ??
    mistaken(state, request) ??
    unpinned(facts, state, request);
  if (objection !== null) return { kind: 'refused', reason: objection };
  const drafted = draftListener(facts, state, request);
  if (drafted.draft?.trigger.kind === 'manual') return { kind: 'drafted', drafted };
  const refused = drafted.refused.find(
    ({ slot, certificateId }) =>
      slot === request.slot && (request.from === null || certificateId === request.from),
  );
  return { kind: 'refused', reason: reasonFor(refused, request) };
}

function forbidden(policy: Policy, { ignoreWindow }: ManualRequest): string | null {
  if (policy.mode === 'observe') return `policy ${policy.name} only observes`;
  return ignoreWindow && !policy.allowIgnoreWindow
    ? `policy ${policy.name} does not allow requests to ignore the window`
    : null;
}

function mistaken(state: ListenerState, { slot, from, to }: ManualRequest): string | null {
  const bound = idsIn(state, slot);
  if (bound.length === 0) return `the ${slot} slot holds no certificate`;
  if (from !== null && !bound.includes(from))
    return `the ${slot} slot holds ${bound.join(', ')}, not ${from}`;
  return to !== null && bound.includes(to) ? `${to} is bound already` : null;
}

/** Whoever wrote the pin has decided for this slot: a request can ask for no other certificate. */
function unpinned(
  { pins }: Pick<DraftFacts, 'pins'>,
  state: ListenerState,
  { slot, to, undoes }: ManualRequest,
): string | null {
  if (to === null || undoes !== undefined) return null;
  for (const id of idsIn(state, slot)) {
    const pinned = pinnedFor(pins, state, id);
    if (pinned !== null && !pinned.includes(to))
      return `the ${slot} slot is pinned to ${pinned.join(', ')}, not ${to}: see pins in the configuration`;
  }
  return null;
}

function reasonFor(refused: RefusedBinding | undefined, { to }: ManualRequest): string {
  if (refused === undefined) return 'there is nothing to rotate';
  if (refused.reason !== 'no-candidate' || to === null) return refused.detail;
  const [rejection] = refused.rejections;
  return rejection === undefined
    ? `the store has no certificate ${to}`
    : `${to} ${rejection.detail}`;
}
