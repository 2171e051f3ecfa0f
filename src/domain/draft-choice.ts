import type { CandidateState } from './admission.ts';
import type { Certificate, CertificateId, Millis } from './certificate.ts';
import { siteOfRegion } from './certificate.ts';
import type { Choice } from './choose.ts';
import { choose } from './choose.ts';
import { type Binding, knownCertificate } from './draft-facts.ts';
import { listenerKey } from './listener.ts';
import type { Quarantine } from './objection.ts';
import { pinnedFor } from './pins.ts';
import type { Policy } from './policy.ts';
import { onListener, trialOf } from './trial.ts';

const restInEmergency: Millis = 3_600_000;

/** Which certificate may replace the bound one. Listeners with the same question share the answer. */
export function choiceFor(binding: Binding, bound: Certificate): Choice {
  const { state, policy, row, request, choices } = binding;
  const key = JSON.stringify([
    [state.ref.account, siteOfRegion(state.ref.region), row.slot, row.id],
    [policy.name, request?.to ?? null, isUndo(binding), pinnedIn(binding)],
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
    slot: row.slot,
    isUndo: isUndo(binding),
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

function isUndo({ request }: Binding): boolean {
  return request?.undoes !== undefined;
}

/** The certificates that pins allow here; null when they say nothing. What is taken back has been there before, so no pin forbids it. */
export function pinnedIn(binding: Binding): readonly CertificateId[] | null {
  const { pins, state, row } = binding;
  return isUndo(binding) ? null : pinnedFor(pins, state, row.id);
}

function candidatesFor(binding: Binding): readonly Certificate[] {
  const { listed, state, row, request } = binding;
  const pinned = pinnedIn(binding);
  const wanted = request?.to ?? null;
  const all = row.slot === 'ca' ? authoritiesFor(binding) : (listed.get(state.ref.account) ?? []);
  if (pinned === null && wanted === null) return all;
  return all.filter(
    ({ id }) => (wanted === null || id === wanted) && (pinned === null || pinned.includes(id)),
  );
}

/**
 * Stores do not tell whose key a CA certificate holds, and another key locks out every client of the old one: only what a person has
 * named may come.
 */
function authoritiesFor(binding: Binding): readonly Certificate[] {
  const { caReplacements, state, row, request } = binding;
  const pinned = request?.to ?? null;
  const named = caReplacements.filter(({ from }) => from === row.id).map(({ to }) => to);
  return (pinned === null ? named : [pinned]).flatMap(
    (id) => knownCertificate(binding, state.ref.account, id)?.certificate ?? [],
  );
}

/** A person who asks by hand may try a listener again that failed by itself, but not a candidate that is at fault. */
function quarantineOf(
  binding: Binding,
  bound: Certificate,
  fingerprint: string,
): Quarantine | null {
  const { admission, state, request, now } = binding;
  const blamed = trialOf(admission, fingerprint, now);
  if (blamed?.kind === 'quarantined')
    return { ...whyOf(blamed), until: blamed.until, everywhere: true };
  if (request !== null) return null;
  const resting = trialOf(admission, onListener(fingerprint, listenerKey(state.ref)), now);
  if (resting?.kind !== 'quarantined') return null;
  const until = restUntil(resting, binding.policy, bound);
  return until <= now ? null : { ...whyOf(resting), until, everywhere: false };
}

function whyOf({
  rotationId,
  reason,
}: Extract<CandidateState, { kind: 'quarantined' }>): Pick<Quarantine, 'rotationId' | 'reason'> {
  return { rotationId, reason };
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
