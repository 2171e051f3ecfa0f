import type { Assessment } from './assessment.ts';
import { bindingName, expiryProblems, ownedElsewhereProblems } from './expiry-problems.ts';
import type { CertificateId } from './certificate.ts';
import type { Finding } from './findings.ts';
import type { Missing } from './inventory.ts';
import { listenerProblems } from './listener-problems.ts';
import { type ListenerRef, listenerKey, type Slot } from './listener.ts';
import { prospects } from './outlook.ts';
import type { Planning } from './planning.ts';
import type { Problem } from './problem.ts';

/**
 * Everything a person must know about what is bound, served and read, each under a key that stays the same over thresholds,
 * restarts and replicas. How rotations ended is told by those who carry them out.
 */
export function problemsOf(given: {
  readonly assessments: readonly Assessment[];
  readonly planning: Planning;
  readonly missing: readonly Missing[];
  readonly now: Date;
}): readonly Problem[] {
  const { assessments, planning, missing, now } = given;
  return [
    ...expiryProblems(assessments, prospects(planning), now),
    ...ownedElsewhereProblems(assessments),
    ...servedProblems(assessments, now),
    ...notProbed(assessments),
    ...expiryUnknown(assessments),
    ...approvalWanted(assessments, planning),
    ...listenerProblems(assessments),
    ...missingProblems(missing),
  ];
}

/** Drift and silence: one problem a listener and zone, however many names and addresses show it. */
function servedProblems(assessments: readonly Assessment[], now: Date): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const assessment of assessments)
    for (const finding of assessment.findings) {
      const problem = servedProblem(assessment, finding, now);
      if (problem !== null && !problems.has(problem.key)) problems.set(problem.key, problem);
    }
  return [...problems.values()];
}

function servedProblem(assessment: Assessment, finding: Finding, now: Date): Problem | null {
  if (finding.kind !== 'drift' && finding.kind !== 'unreachable') return null;
  const { zone, address } = finding;
  const place = { binding: bindingName(assessment), zone, address };
  const key = `${finding.kind}/${listenerKey(assessment.listener.ref)}/${zone}`;
  if (finding.kind === 'unreachable') {
    const { reason, lastServedAt } = finding;
    return {
      key,
      severity: 'warning',
      facts: { kind: 'unreachable', ...place, reason, lastServedAt },
    };
  }
  const { bound, served, servedUntil } = finding;
  // Clients of that zone are being turned away now, whatever the bound certificate says.
  const severity = servedUntil <= now ? 'critical' : 'warning';
  return { key, severity, facts: { kind: 'drift', ...place, bound, served } };
}

function notProbed(assessments: readonly Assessment[]): readonly Problem[] {
  const places = new Map<
    string,
    { account: string; vpcId: string | null; listeners: Set<string> }
  >();
  for (const { listener, findings } of assessments)
    for (const finding of findings) {
      if (finding.kind !== 'not-probed') continue;
      const { account } = listener.ref;
      const { vpcId } = finding;
      const key = `not-probed/${account}/${vpcId ?? '-'}`;
      const place = places.get(key) ?? { account, vpcId, listeners: new Set<string>() };
      place.listeners.add(listenerKey(listener.ref));
      places.set(key, place);
    }
  return [...places].map(([key, { account, vpcId, listeners }]) => ({
    key,
    severity: 'info',
    facts: { kind: 'not-probed', account, vpcId, listeners: listeners.size },
  }));
}

function expiryUnknown(assessments: readonly Assessment[]): readonly Problem[] {
  const groups = new Map<string, Assessment[]>();
  for (const assessment of assessments) {
    if (!assessment.findings.some(({ kind }) => kind === 'expiry-unknown')) continue;
    const key = `expiry-unknown/${assessment.listener.ref.account}/${assessment.certificateId}`;
    const group = groups.get(key) ?? [];
    group.push(assessment);
    groups.set(key, group);
  }
  return [...groups].flatMap(([key, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const { listener, certificateId } = first;
    const facts = {
      kind: 'expiry-unknown',
      account: listener.ref.account,
      certificateId,
      bindings: group.map(bindingName),
    } as const;
    return [{ key, severity: unknownSeverity(group.map(({ slot }) => slot)), facts }];
  });
}

/** A server certificate may run out unannounced; of a CA the cloud often tells no facts at all. */
function unknownSeverity(slots: readonly Slot[]): 'info' | 'warning' {
  return slots.every((slot) => slot === 'ca') ? 'info' : 'warning';
}

/** One problem a plan: the alert state tells a changed plan by its hash. */
function approvalWanted(
  assessments: readonly Assessment[],
  planning: Planning,
): readonly Problem[] {
  const assessed = new Map(
    assessments.map((each) => [approvalKey(each.listener.ref, each.certificateId), each]),
  );
  return planning.plans.flatMap(({ plan, waitsFor }) => {
    const key = approvalKey(plan.ref, plan.from.id);
    const assessment = assessed.get(key);
    const notAfter = assessment?.certificate?.notAfter ?? null;
    if (waitsFor?.reason !== 'approval' || assessment === undefined || notAfter === null) return [];
    const binding = bindingName(assessment);
    const { hash: planHash, from, to } = plan;
    const change = { planHash, from: from.id, to: to.id, notAfter };
    return [{ key, severity: 'warning', facts: { kind: 'approval-wanted', binding, ...change } }];
  });
}

function approvalKey(ref: ListenerRef, from: CertificateId): string {
  return `approval-wanted/${listenerKey(ref)}/${from}`;
}

/** One problem an account, region and code: a denied account fails in many calls for one reason. */
function missingProblems(missing: readonly Missing[]): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { account, region, action, code } of missing) {
    const key = `missing/${account}/${region}/${code}`;
    const facts = { kind: 'missing', account, region, action, code } as const;
    if (!problems.has(key)) problems.set(key, { key, severity: 'warning', facts });
  }
  return [...problems.values()];
}
