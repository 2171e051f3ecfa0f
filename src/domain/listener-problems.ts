import type { Assessment } from './assessment.ts';
import { bindingName } from './expiry-problems.ts';
import type { Finding } from './findings.ts';
import { listenerKey } from './listener.ts';
import type { BindingName, Problem } from './problem.ts';

type Found<K extends Finding['kind']> = {
  readonly assessment: Assessment;
  readonly finding: Extract<Finding, { readonly kind: K }>;
};

/** What concerns listeners and load balancers as they are set up: nothing of it is urgent, and each is told once. */
export function listenerProblems(assessments: readonly Assessment[]): readonly Problem[] {
  return [...weakPolicies(assessments), ...quotas(assessments), ...reverts(assessments)];
}

/** One problem an account, region and policy: a default that nobody chose stands on most listeners at once. */
function weakPolicies(assessments: readonly Assessment[]): readonly Problem[] {
  const groups = new Map<string, { policy: string; listeners: Map<string, Assessment> }>();
  for (const { assessment, finding } of found(assessments, 'weak-tls-policy')) {
    const { ref } = assessment.listener;
    const { policy } = finding;
    const key = `weak-tls-policy/${ref.account}/${ref.region}/${policy}`;
    const group = groups.get(key) ?? { policy, listeners: new Map<string, Assessment>() };
    if (!group.listeners.has(listenerKey(ref))) group.listeners.set(listenerKey(ref), assessment);
    groups.set(key, group);
  }
  return [...groups].map(([key, { policy, listeners }]) => {
    const bindings = [...listeners.values()].map(bindingName);
    return { key, severity: 'info', facts: { kind: 'weak-tls-policy', policy, bindings } };
  });
}

/** One problem a load balancer, which is what the quota belongs to. A full one keeps every further certificate out. */
function quotas(assessments: readonly Assessment[]): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { assessment, finding } of found(assessments, 'quota-near')) {
    const { account, region, product, loadBalancerId } = assessment.listener.ref;
    const key = `quota-near/${[account, region, product, loadBalancerId].join('/')}`;
    if (problems.has(key)) continue;
    const { used, limit } = finding;
    const binding = bindingName(assessment);
    const facts = { kind: 'quota-near', binding, used, limit } as const;
    problems.set(key, { key, severity: used >= limit ? 'warning' : 'info', facts });
  }
  return [...problems.values()];
}

function reverts(assessments: readonly Assessment[]): readonly Problem[] {
  return found(assessments, 'reverted').map(({ assessment, finding }) => {
    const { rotationId, to, at } = finding;
    const binding: BindingName = bindingName(assessment);
    const facts = { kind: 'reverted', binding, rotationId, to, at } as const;
    return {
      key: `reverted/${listenerKey(assessment.listener.ref)}/${assessment.slot}`,
      severity: 'warning',
      facts: { ...facts, bound: assessment.certificateId },
    };
  });
}

function found<K extends Finding['kind']>(
  assessments: readonly Assessment[],
  kind: K,
): readonly Found<K>[] {
  return assessments.flatMap((assessment) =>
    assessment.findings.flatMap((finding) =>
      isKind(finding, kind) ? [{ assessment, finding }] : [],
    ),
  );
}

function isKind<K extends Finding['kind']>(
  finding: Finding,
  kind: K,
): finding is Extract<Finding, { readonly kind: K }> {
  return finding.kind === kind;
}
