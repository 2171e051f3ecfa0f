import type { BindingName, ProblemFacts } from '../domain/problem.ts';

/** When the problem becomes, or became, serious; null where no instant belongs to it. */
export function endOf(facts: ProblemFacts): Date | null {
  return 'notAfter' in facts ? facts.notAfter : null;
}

/** Every binding that the problem affects. */
export function bindingsOf(facts: ProblemFacts): readonly BindingName[] {
  if ('bindings' in facts) return facts.bindings;
  return 'binding' in facts ? [facts.binding] : [];
}

/** The commands that help with this problem: the same in every language. Most have one, few none or two. */
export function commandsFor(facts: ProblemFacts): readonly string[] {
  if (facts.kind === 'rotation') return afterRotation(facts);
  if (facts.kind === 'approval-wanted') return [`newleaf approve ${facts.planHash}`];
  if ('outlook' in facts && facts.outlook.some(({ kind }) => kind === 'rotates')) return [];
  if (facts.kind === 'drift' || facts.kind === 'unreachable')
    return [`newleaf verify ${facts.binding.ref.listenerId}`];
  if (facts.kind === 'queue-stuck') return ['newleaf status'];
  return 'notAfter' in facts ? ['newleaf plan'] : ['newleaf doctor'];
}

function afterRotation(
  facts: Extract<ProblemFacts, { readonly kind: 'rotation' }>,
): readonly string[] {
  const { rotationId, outcome, binding } = facts;
  const show = `newleaf show ${rotationId}`;
  if (outcome !== 'needs-operator') return [show];
  const { product, region, listenerId } = binding.ref;
  return [
    show,
    `newleaf resolve ${rotationId} --as old|new|other --note TEXT`,
    // For the case that newleaf itself is what is broken. Reading only: a write must repeat every setting.
    `aliyun ${product} GetListenerAttribute --region ${region} --ListenerId ${listenerId}`,
  ];
}
