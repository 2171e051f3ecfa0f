import type { PlanDocument } from '../../api/plan.ts';
import { paint, type Io } from '../io.ts';
import { missingLines } from './attention.ts';
import { freezeNotes } from './freeze.ts';

type Planned = PlanDocument['plans'][number];
type Refused = PlanDocument['refused'][number];

/**
 * What would be done and what it waits for; then what cannot be done and why not, and what could not be read. `whenEmpty` is said
 * when there is neither.
 */
export function renderPlan(io: Io, document: PlanDocument, whenEmpty = 'nothing is due'): string {
  const missing = missingLines(io, document.missing);
  return [
    renderPlans(io, document, whenEmpty),
    ...(missing.length === 0 ? [] : ['\n', ...missing]),
  ].join('');
}

function renderPlans(
  io: Io,
  { plans, refused, freezes, missing }: PlanDocument,
  whenEmpty: string,
): string {
  const seen = missing.length === 0 ? '' : ' in what could be read';
  if (plans.length + refused.length === 0)
    return `${freezeNotes(io, freezes)}${whenEmpty}${seen}\n`;
  return [
    ...(freezes.length === 0 ? [] : [freezeNotes(io, freezes)]),
    ...plans.map((plan) => renderPlanned(io, plan)),
    ...refused.map((entry) => renderRefused(io, entry)),
  ].join('\n');
}

function renderPlanned(io: Io, plan: Planned): string {
  const waits = plan.waitsFor === null ? 'starts now' : `waits: ${plan.waitsFor.detail}`;
  const marks = [
    plan.mode,
    ...(plan.emergency ? ['emergency'] : []),
    ...(plan.canary ? ['canary'] : []),
  ];
  return [
    `${paint(io, 'bold', plan.listenerId)}${on(plan)}  ${waits}`,
    `  from ${plan.from.id} (ends ${plan.from.notAfter ?? 'unknown'}) to ${plan.to.id} (ends ${plan.to.notAfter ?? 'unknown'})`,
    `  ${plan.steps.map(stepSentence).join(', then ')}`,
    `  why ${plan.to.id}: ${plan.because}`,
    ...plan.others.map(({ candidate, detail }) => `  not ${candidate}: ${detail}`),
    `  if it fails: ${plan.onFailure}`,
    `  policy ${plan.policy} (${marks.join(', ')}), plan ${plan.hash}`,
    ...(plan.waitsFor?.reason === 'approval'
      ? [`  newleaf approve ${plan.hash.slice(0, 12)}`]
      : []),
    '',
  ].join('\n');
}

function renderRefused(io: Io, refused: Refused): string {
  return [
    `${paint(io, 'yellow', refused.listenerId)}${on(refused)}  no plan for ${refused.certificateId} (${refused.slot}): ${refused.detail}`,
    ...refused.rejections.map(({ candidate, detail }) => `  ${candidate}: ${detail}`),
    '',
  ].join('\n');
}

function stepSentence({ kind, slot, from, to }: Planned['steps'][number]): string {
  switch (kind) {
    case 'replace':
      return `replace the ${slot === 'ca' ? 'CA' : slot} certificate`;
    case 'bind':
      return `bind ${to.join(', ')} as additional`;
    case 'unbind':
      return `unbind ${from.join(', ')}`;
  }
}

/** Where the listener is, by the names that people know. */
function on({ loadBalancerName, loadBalancerId, account, region }: Planned | Refused): string {
  return ` on ${loadBalancerName || loadBalancerId} (${account}, ${region})`;
}
