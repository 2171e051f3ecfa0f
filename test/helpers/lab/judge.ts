import { listenerKey } from '../../../src/domain/listener.ts';
import { cellsOf } from '../../../src/domain/matrix.ts';
import { sameSlots, slotsOf } from '../../../src/domain/plan.ts';
import { outcomeOf, slotsAfter } from '../../../src/domain/rotation-state.ts';
import type { JournalEntry } from '../../../src/domain/rotation.ts';
import type { Situation } from '../../../src/domain/situation.ts';
import type { Probe } from '../../../src/domain/observation.ts';
import { anEndpoint } from '../facts.ts';
import { zones } from './cloud.ts';
import { stockOf } from './shapes.ts';
import type { LabWorld } from './world.ts';

/** How a schedule ended, in one word. */
export type End = 'committed' | 'rolled-back' | 'refused' | 'needs-operator' | 'deferred' | 'open';

export function endOf(world: LabWorld): End {
  const rotation = world.rotation();
  const kind = rotation.ending?.entry.kind;
  return kind === 'deferred' ? kind : (outcomeOf(rotation) ?? 'open');
}

/** What is wrong with how it ended; empty when nothing is. */
export function sinsOf(world: LabWorld): readonly string[] {
  const end = endOf(world);
  return [
    ...world.sins,
    ...(end === 'open' ? ['it has no end'] : []),
    ...bindingSins(world, end),
    ...tokenSins(world),
    ...admissionSins(world, end),
    ...alertSins(world, end),
    ...bystanderSins(world),
    ...servedSins(world, end),
  ];
}

/** A write over what is bound by somebody else is seen by the world itself; here: what the outcome says is so. */
function bindingSins(world: LabWorld, end: End): readonly string[] {
  const { plan } = world.record;
  const { slots } = world.cloud;
  if (end === 'needs-operator') return boundSins(world);
  // What was refused was not touched, whatever somebody else has made of it.
  const isUntouched = world.cloud.arrivals.every(({ effect }) => effect === 'none');
  if (end === 'refused' && isUntouched && world.deeds > 0) return [];
  const wanted = end === 'committed' ? slotsAfter(plan, plan.steps.length) : plan.recorded;
  if (sameSlots(slots, wanted) || isExcused(world)) return [];
  return [`${end}, but bound is ${JSON.stringify(slots)}`];
}

/** Somebody who writes after the last look of all is not the rotation's affair; what lands long after it must have been told. */
function isExcused(world: LabWorld): boolean {
  if (world.wasOvertaken || world.wasUnseen) return true;
  if (!world.mayLandVeryLate) return false;
  return [...world.problems.values()].some(({ severity }) => severity === 'critical');
}

function boundSins(world: LabWorld): readonly string[] {
  const asked = entryOf(world, 'needs-operator');
  if (asked?.bound === undefined || asked.bound === null) return [];
  const then = world.cloud.slotsAt(asked.at.getTime());
  // While a change hangs the cloud shows what comes beside what goes.
  const isNamed = (['default', 'additional', 'ca'] as const).every((slot) =>
    then[slot].every((id) => asked.bound?.[slot].includes(id)),
  );
  return sameSlots(then, asked.bound) || (world.cloud.isHanging && isNamed)
    ? []
    : [`a person is told of ${JSON.stringify(asked.bound)}, bound was ${JSON.stringify(then)}`];
}

/** Each token carries one write. */
function tokenSins(world: LabWorld): readonly string[] {
  const steps = new Map<string, string>();
  return world.cloud.arrivals.flatMap(({ token, step }) => {
    const asked = JSON.stringify(step);
    const before = steps.get(token) ?? asked;
    steps.set(token, asked);
    return before === asked ? [] : [`one token for ${before} and ${asked}`];
  });
}

function admissionSins({ admission, record }: LabWorld, end: End): readonly string[] {
  const isHeld = admission.holds[listenerKey(record.plan.ref)]?.rotationId === record.id;
  const isFlying = admission.inFlight.some(({ rotationId }) => rotationId === record.id);
  if (end === 'needs-operator') return isHeld ? [] : ['a person is asked without a hold'];
  return isHeld || isFlying ? [`${end}, but still in flight or on hold`] : [];
}

function alertSins(world: LabWorld, end: End): readonly string[] {
  if (end !== 'needs-operator') return [];
  const [problem] = world.problems.values();
  if (problem?.severity !== 'critical' || problem.facts.kind !== 'rotation')
    return ['a person is needed and not told'];
  return situationSins(problem.facts.situation, entryOf(world, 'needs-operator'));
}

function situationSins(
  situation: Situation | undefined,
  asked: Extract<JournalEntry, { kind: 'needs-operator' }> | undefined,
): readonly string[] {
  if (situation === undefined) return ['the alert does not tell the situation'];
  if (asked?.bound === undefined || asked.bound === null) return [];
  const isTold = situation.bound !== null && sameSlots(situation.bound, asked.bound);
  return [
    ...(isTold ? [] : ['the alert does not name what is bound']),
    ...(situation.served.length > 0 ? [] : ['the alert does not say what is served']),
  ];
}

/** Nothing that the plan does not name ever moves, and no name is ever left without an answer. */
function bystanderSins(world: LabWorld): readonly string[] {
  if (world.deeds > 0 || world.mayLandVeryLate) return [];
  const { shape, cloud } = world;
  const first = shape.slots;
  const touched = new Set(slotsOf(shape));
  return cloud.history.flatMap(({ slots }) => {
    const sins: string[] = [];
    if (!slots.additional.includes('901')) sins.push('an unrelated certificate went');
    for (const slot of ['default', 'ca'] as const) {
      if (!touched.has(slot) && slots[slot].join() !== first[slot].join())
        sins.push(`the ${slot} slot was not to be touched`);
    }
    const isAnswered = slots.additional.includes('101') || slots.additional.includes('202');
    if (shape.steps.some(({ kind }) => kind === 'bind') && !world.mayGap && !isAnswered)
      sins.push('a name was left without its certificate');
    return sins;
  });
}

/** After a commit or a rollback every endpoint serves what is bound. */
function servedSins(world: LabWorld, end: End): readonly string[] {
  if (end !== 'committed' && end !== 'rolled-back') return [];
  if (isExcused(world)) return [];
  const { endpoints, cloud } = world;
  return probes.flatMap((probe) => {
    const seen = endpoints.observe(probe);
    const due = endpoints.serve(cloud.slots, probe);
    if (due.kind === 'failed') return seen.kind === 'failed' ? [] : [`${end}, but a leaf came up`];
    const isSame = seen.kind === 'served' && seen.leaf.fingerprint256 === due.leaf.fingerprint256;
    if (isSame && due.trust.verdict === 'trusted') return [];
    return [`${end}, but ${probe.endpoint.zone} serves something else for ${probe.serverName}`];
  });
}

const probes: readonly Probe[] = cellsOf(
  zones.map((zone, index) => anEndpoint({ zone, address: `127.0.0.${index + 2}` })),
  Object.values(stockOf(false)),
).map((cell) => ({ ...cell, client: null, alpn: [], loadBalancerId: 'nlb-1' }));

function entryOf<K extends JournalEntry['kind']>(
  { entries }: LabWorld,
  kind: K,
): Extract<JournalEntry, { kind: K }> | undefined {
  return entries.find((entry): entry is Extract<JournalEntry, { kind: K }> => entry.kind === kind);
}
