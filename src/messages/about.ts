import type { ProblemFacts } from '../domain/problem.ts';

export { bindingsOf } from '../domain/alert-place.ts';

/** When the problem becomes, or became, serious; null where no instant belongs to it. */
export function endOf(facts: ProblemFacts): Date | null {
  return 'notAfter' in facts ? facts.notAfter : null;
}

/** The commands that help with this problem: the same in every language. Most have one, few none or two. */
export function commandsFor(facts: ProblemFacts): readonly string[] {
  switch (facts.kind) {
    case 'rotation':
      return afterRotation(facts);
    case 'reverted':
      return afterRevert(facts);
    case 'approval-wanted':
      return [`newleaf approve ${facts.planHash}`];
    case 'drift':
    case 'unreachable':
      return [`newleaf verify ${facts.binding.ref.listenerId}`];
    case 'weak-tls-policy':
    case 'quota-near':
      return [`newleaf status --findings ${facts.kind}`];
    case 'queue-stuck':
      return ['newleaf status'];
    case 'expiring':
    case 'expired':
      return facts.outlook.some(({ kind }) => kind === 'rotates') ? [] : ['newleaf plan'];
    case 'no-replacement':
    case 'owned-elsewhere':
      return ['newleaf plan'];
    case 'not-probed':
    case 'expiry-unknown':
    case 'missing':
    case 'scan-stale':
    case 'sink-failing':
    case 'clock-skew':
    case 'store-not-durable':
      return ['newleaf doctor'];
  }
}

function afterRevert({
  rotationId,
  binding,
}: Extract<ProblemFacts, { readonly kind: 'reverted' }>): readonly string[] {
  const { listenerId } = binding.ref;
  return [`newleaf show ${rotationId}`, `newleaf rotate ${listenerId} --reason TEXT`];
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
