import type { Admission, CandidateState } from './admission.ts';
import type { Certificate, CertificateId, Millis } from './certificate.ts';
import { siteOfRegion } from './certificate.ts';
import type { Choice } from './choose.ts';
import { choose, compareIds } from './choose.ts';
import type { Inventory, KnownCertificate } from './inventory.ts';
import type { BoundCertificate, ListenerState } from './listener.ts';
import { listenerKey } from './listener.ts';
import type { Draft } from './line.ts';
import type { Digest, RotationPlan, Step } from './plan.ts';
import { planHash, recordedSlots } from './plan.ts';
import type { RefusedBinding } from './planning.ts';
import type { Policy } from './policy.ts';
import { policyFor } from './policy.ts';
import type { Refusal } from './refusal.ts';
import { isWorthTelling, refusalOf } from './refusal.ts';
import type { ManualRequest } from './request.ts';
import { triggerOf } from './request.ts';
import { listenerOf, onListener, trialOf } from './trial.ts';

/** What every listener's draft is made from. */
export interface DraftFacts {
  readonly inventory: Inventory;
  readonly policies: readonly Policy[];
  readonly admission: Admission;
  readonly sha256: Digest;
  readonly now: Date;
  /** By account, what the last complete listing still showed, the highest id first. */
  readonly listed: ReadonlyMap<string, readonly Certificate[]>;
  /** By account and id. */
  readonly known: ReadonlyMap<string, KnownCertificate>;
  /** By listener, the candidates left alone there, as the Admission names them. */
  readonly resting: ReadonlyMap<string, readonly string[]>;
  /** Answers that listeners with the same question share; starts empty for each planning. */
  readonly choices: Map<string, Choice>;
}

/** What all drafts of one planning share, put in order once. */
export function draftFacts(
  facts: Omit<DraftFacts, 'listed' | 'known' | 'resting' | 'choices'>,
): DraftFacts {
  const { certificates } = facts.inventory;
  const accounts = new Set(certificates.map(({ account }) => account));
  const listedIn = (name: string): readonly Certificate[] =>
    certificates
      .filter(({ account, absences }) => account === name && absences === 0)
      .map(({ certificate }) => certificate)
      .toSorted((a, b) => compareIds(b.id, a.id));
  const listed = new Map([...accounts].map((name) => [name, listedIn(name)] as const));
  const known = new Map(
    certificates.map((entry) => [`${entry.account}/${entry.certificate.id}`, entry] as const),
  );
  return { ...facts, listed, known, resting: restingIn(facts.admission), choices: new Map() };
}

function restingIn({ candidates }: Admission): ReadonlyMap<string, readonly string[]> {
  const resting = new Map<string, string[]>();
  for (const [key, { kind }] of Object.entries(candidates)) {
    const listener = listenerOf(key);
    if (kind !== 'quarantined' || listener === null) continue;
    resting.set(listener, [...(resting.get(listener) ?? []), key]);
  }
  return resting;
}

/** At most one plan for a listener, and why each other binding that is worth telling has none. */
export interface Drafted {
  readonly draft: Draft | null;
  readonly refused: readonly RefusedBinding[];
}

interface Binding extends DraftFacts {
  readonly state: ListenerState;
  readonly policy: Policy;
  readonly row: BoundCertificate;
  /** The request for this slot, if somebody asked. */
  readonly request: ManualRequest | null;
}

const restInEmergency: Millis = 3_600_000;

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

function choiceFor(binding: Binding, bound: Certificate): Choice {
  const { state, policy, row, request, choices } = binding;
  const key = JSON.stringify([
    [state.ref.account, siteOfRegion(state.ref.region), row.id, policy.name, request?.to ?? null],
    state.bound.map(({ id }) => id).toSorted(),
    request === null ? avoidedHere(binding) : [],
  ]);
  const known = choices.get(key);
  if (known !== undefined) return known;
  const choice = choose(questionOf(binding, bound), candidatesFor(binding));
  choices.set(key, choice);
  return choice;
}

function questionOf(binding: Binding, bound: Certificate): Parameters<typeof choose>[0] {
  const { state, policy, row, now } = binding;
  const others = state.bound.filter(({ id }) => id !== row.id);
  return {
    bound,
    site: siteOfRegion(state.ref.region),
    onListener: others.map(({ id }) => {
      const known = knownCertificate(binding, state.ref.account, id);
      return { id, fingerprint256: known?.certificate.fingerprint256 ?? null };
    }),
    allow: policy.allow,
    minimumGain: policy.minimumGain,
    critical: policy.thresholds.critical,
    quarantined: (fingerprint) => quarantineOf(binding, bound, fingerprint),
    now,
  };
}

function candidatesFor({ listed, state, request }: Binding): readonly Certificate[] {
  const all = listed.get(state.ref.account) ?? [];
  const pinned = request?.to ?? null;
  return pinned === null ? all : all.filter(({ id }) => id === pinned);
}

/** A person who asks by hand may try a listener again that failed by itself, but not a candidate that is at fault. */
function quarantineOf(binding: Binding, bound: Certificate, fingerprint: string): string | null {
  const { admission, state, request, now } = binding;
  const blamed = trialOf(admission, fingerprint, now);
  if (blamed?.kind === 'quarantined')
    return `is quarantined until ${iso(blamed.until)} after rotation ${blamed.rotationId}: ${blamed.reason}`;
  if (request !== null) return null;
  const resting = trialOf(admission, onListener(fingerprint, listenerKey(state.ref)), now);
  if (resting?.kind !== 'quarantined') return null;
  const until = restUntil(resting, binding.policy, bound);
  return until <= now
    ? null
    : `is not tried again on this listener before ${iso(until)}, after rotation ${resting.rotationId}: ${resting.reason}`;
}

/** A certificate that would end during the rest is tried again every hour: failing once more is better than expiring. */
function restUntil(
  { since, until }: Extract<CandidateState, { kind: 'quarantined' }>,
  { emergency, emergencyMargin }: Policy,
  { notAfter }: Certificate,
): Date {
  const outlivesRest = notAfter !== null && notAfter.getTime() >= until.getTime() + emergencyMargin;
  if (outlivesRest || emergency === 'page') return until;
  return new Date(Math.min(until.getTime(), since.getTime() + restInEmergency));
}

function avoidedHere({ resting, state }: Binding): readonly string[] {
  return resting.get(listenerKey(state.ref)) ?? [];
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

function knownCertificate(
  { known }: Pick<DraftFacts, 'known'>,
  account: string,
  id: CertificateId,
): KnownCertificate | null {
  return known.get(`${account}/${id}`) ?? null;
}

/** What somebody asked for goes first, then what ends first. */
function turnOf({ plan, trigger }: Draft): number {
  return trigger.kind === 'manual' ? 0 : (plan.from.notAfter?.getTime() ?? 0);
}

function iso(instant: Date): string {
  return `${instant.toISOString().slice(0, 16)}Z`;
}
