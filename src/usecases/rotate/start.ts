import {
  siteOfRegion,
  type Certificate,
  type CertificateId,
  type Millis,
} from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { ListenerState } from '../../domain/listener.ts';
import { showsLeaf, type Change } from '../../domain/expectation.ts';
import {
  recordedSlots,
  sameSlots,
  slotsOf,
  type RecordedSlots,
  type RotationPlan,
} from '../../domain/plan.ts';
import { slotsAfter, type Rotation } from '../../domain/rotation-state.ts';
import type { JournalEvent, RefusalReason, RotationRecord } from '../../domain/rotation.ts';
import { policyFor } from '../../domain/policy.ts';
import type { BlindRule } from '../../domain/rules.ts';
import type { Matrix } from '../../domain/verification.ts';
import type { CertificateStore } from '../../ports/listeners.ts';
import type { Hands } from './deps.ts';
import { readAtRest } from './read.ts';
import { changeOf, fieldOf, look, type Field } from './see.ts';

/** How long a baseline is worth comparing with before the first write. */
const freshness: Millis = 10 * 60_000;

type Refusal = Extract<JournalEvent, { kind: 'refused' }>;

/**
 * Looks at the world again before anything is touched, and records what it found: the target already in place, a reason to
 * wait or to refuse, or the baseline that every later round is judged against.
 */
export async function start(
  hands: Hands,
  rotation: Rotation,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const { record } = rotation;
  const { plan } = record;
  const state = await readAtRest(hands, plan.ref, signal);
  if (state === null) return refusal('listener-gone', 'the listener no longer exists');
  if (state === 'changing') return refusal('listener-not-running', 'the listener stays in change');
  const change = changeOf(plan);
  if (change === null) return refusal('facts-unknown', 'a fingerprint is unknown');
  if (sameSlots(recordedSlots(state), slotsAfter(plan, plan.steps.length))) {
    return { kind: 'landed', blind: (await fieldOf(hands, state, plan, signal)).blind };
  }
  const halfWay = stopsHalfWay(plan, recordedSlots(state));
  if (halfWay !== null) return halfWay;
  const wait = await hands.startBlocker(record, state);
  if (wait !== null) return { kind: 'deferred', reason: wait.reason, detail: wait.detail };
  return (
    unfit(state, plan) ??
    (await lostCandidate(hands, record, state, signal)) ??
    (await baseline(hands, record, { state, change }, signal))
  );
}

/**
 * Asked right before the first write, which is what counts as the start: a crash, a slow baseline or a long queue may lie between
 * the look and now. Null: go on.
 */
export async function secondThoughts(
  hands: Hands,
  rotation: Rotation,
  lookedAt: Date,
  signal: AbortSignal,
): Promise<JournalEvent | null> {
  const { record } = rotation;
  const state = await hands.cloud.listeners.read(record.plan.ref, signal);
  // Anything else than planned is for whoever sends the write: the store may have forgotten that it was sent.
  if (state === null || !sameSlots(recordedSlots(state), record.plan.recorded)) return null;
  const wait = await hands.startBlocker(record, state);
  if (wait !== null) return { kind: 'deferred', reason: wait.reason, detail: wait.detail };
  const age = hands.clock.now().getTime() - lookedAt.getTime();
  if (Math.abs(age) <= freshness) return null;
  const detail = 'what the endpoints showed before is too old to compare with';
  return { kind: 'deferred', reason: 'paused', detail };
}

/**
 * Slots between two steps of the plan while the Journal knows of none: a store that lost what it confirmed forgot steps of ours, or
 * somebody else began the very same. Going on or back would both be guesses.
 */
function stopsHalfWay(plan: RotationPlan, now: RecordedSlots): JournalEvent | null {
  const done = plan.steps.findIndex((_step, index) => sameSlots(now, slotsAfter(plan, index + 1)));
  if (done < 0 || sameSlots(now, plan.recorded)) return null;
  const detail = `${done + 1} of ${plan.steps.length} steps of the plan were found done, and nothing tells by whom`;
  return { kind: 'needs-operator', reason: 'landed-unproven', detail, bound: now };
}

/** Why this listener is not the one the plan was made for. */
function unfit(state: ListenerState, plan: RotationPlan): Refusal | null {
  if (state.owner.kind !== 'cloud') {
    return refusal('owned-elsewhere', `the listener is managed by ${state.owner.kind}`);
  }
  if (state.status !== 'running') {
    return refusal('listener-not-running', `the listener is ${state.status}`);
  }
  return sameSlots(recordedSlots(state), plan.recorded)
    ? null
    : refusal('listener-changed', 'the certificates on the listener are not those of the plan');
}

async function lostCandidate(
  hands: Hands,
  { plan, trigger }: RotationRecord,
  state: ListenerState,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const store = hands.cloud.stores(siteOfRegion(plan.ref.region));
  const isServer = slotsOf(plan).some((slot) => slot !== 'ca');
  const found = await (isServer
    ? store.resolve(plan.to.id, signal)
    : authorityNamed(store, plan.to.id, signal));
  if (found === null) return refusal('candidate-gone', `${plan.to.id} is no longer in the store`);
  if (found.fingerprint256 !== plan.to.fingerprint256 || found.revoked) {
    return refusal('candidate-gone', `${plan.to.id} is no longer the certificate that was planned`);
  }
  const { allow } = policyFor(hands.rules().policies, state);
  // What comes back was there before, whatever its key.
  const isUndo = trigger.kind === 'manual' && trigger.undoes !== undefined;
  return allow.keyType || isUndo || !isServer ? null : strangeKey(plan, found);
}

async function authorityNamed(
  store: CertificateStore,
  id: CertificateId,
  signal: AbortSignal,
): Promise<Certificate | null> {
  const { certificates, missing } = await store.authorities([id], signal);
  const [found = null] = certificates;
  const [gap] = missing;
  if (found !== null || gap === undefined) return found;
  throw new NewleafError('cloud.unavailable', `the CA certificates cannot be listed (${gap.code})`);
}

/** Planning makes do with what listings tell; a listener is not touched before the kind of the new key is known. */
function strangeKey({ from, to }: RotationPlan, { keyType }: Certificate): Refusal | null {
  if (keyType === null) {
    const detail = `the store does not tell the key type of ${to.id}: allow yundun-cert:GetUserCertificateDetail`;
    return refusal('facts-unknown', detail);
  }
  if (from.keyType === null || from.keyType === keyType) return null;
  const detail = `${to.id} has an ${keyType} key, the bound one an ${from.keyType} key, and the policy does not allow that`;
  return refusal('facts-unknown', detail);
}

async function baseline(
  hands: Hands,
  record: RotationRecord,
  seen: { readonly state: ListenerState; readonly change: Change },
  signal: AbortSignal,
): Promise<JournalEvent> {
  const { state, change } = seen;
  const field = await fieldOf(hands, state, record.plan, signal);
  const rule = blindRule(hands, record);
  const tooBlind = blindness(field, rule);
  if (tooBlind !== null) return refusal('blind', tooBlind);
  const matrix = await look(hands.prober, field.cells, state, signal);
  const apiOnly = rule === 'api-only' && field.cells.length === 0;
  const { mode } = policyFor(hands.rules().policies, state);
  const unseen = apiOnly || mode === 'approve' ? null : unseenIn(matrix, record.plan, change);
  if (unseen !== null) return refusal('shadowed', unseen);
  return { kind: 'baseline', matrix, blind: field.blind, version: state.version };
}

/** Why handshakes cannot prove the change; null when they can. */
function unseenIn(matrix: Matrix, plan: RotationPlan, change: Change): string | null {
  const touched = slotsOf(plan);
  if (touched.some((slot) => slot !== 'ca') && !showsLeaf(matrix, change.old.fingerprint256))
    return 'no endpoint shows the bound certificate, so no handshake can prove its replacement';
  const identities = matrix.filter(({ cell }) => typeof cell.client === 'string');
  const isAccepted = identities.some(
    ({ sight }) => sight.kind === 'served' && sight.clientAuth === 'requested',
  );
  // Without any identity a person has approved of the plan.
  if (!touched.includes('ca') || identities.length === 0 || isAccepted) return null;
  return 'no configured client identity is let in, so no handshake can prove who still is afterwards';
}

/** An emergency may go ahead with what can be seen: the certificate is about to fail everywhere. */
function blindRule(hands: Hands, record: RotationRecord): BlindRule {
  const rule = hands.rules().verify.blind;
  const emergency = record.trigger.kind === 'schedule' && record.trigger.emergency;
  return emergency && rule === 'refuse' ? 'partial' : rule;
}

function blindness(field: Field, rule: BlindRule): string | null {
  if (rule === 'refuse' && field.blind.length > 0) {
    return `outside the vantage: ${field.blind.join(', ')}`;
  }
  if (rule !== 'api-only' && field.cells.length === 0) return 'no endpoint can be looked at';
  return null;
}

function refusal(reason: RefusalReason, detail: string): Refusal {
  return { kind: 'refused', reason, detail };
}
