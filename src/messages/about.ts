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
    // For the case that newleaf itself is what is broken.
    `aliyun ${product} GetListenerAttribute --region ${region} --ListenerId ${listenerId}`,
    ...writesBack(facts),
  ];
}

/** The commands that put back what was bound before, where it is not. Those that set certificates repeat `CaEnabled`. */
function writesBack({
  binding: { ref },
  situation,
}: Extract<ProblemFacts, { readonly kind: 'rotation' }>): readonly string[] {
  if (situation === undefined) return [];
  const { bound, before, touched } = situation;
  const write = (action: string, options: string): string =>
    `aliyun ${ref.product} ${action} --region ${ref.region} --ListenerId ${ref.listenerId} ${options}`;
  return touched.flatMap((slot) => {
    const missing = before[slot].filter((id) => bound === null || !bound[slot].includes(id));
    const extra = (bound?.[slot] ?? []).filter((id) => !before[slot].includes(id));
    if (slot === 'additional') {
      const name = 'AdditionalCertificateIds';
      const back = write('AssociateAdditionalCertificatesWithListener', list(name, missing));
      const away = write('DisassociateAdditionalCertificatesWithListener', list(name, extra));
      return [...(missing.length > 0 ? [back] : []), ...(extra.length > 0 ? [away] : [])];
    }
    if (missing.length === 0) return [];
    const name = slot === 'ca' ? 'CaCertificateIds' : 'CertificateIds';
    const options = `${list(name, before[slot])} --CaEnabled ${before.clientAuth}`;
    return [write('UpdateListenerAttribute', options)];
  });
}

function list(name: string, ids: readonly string[]): string {
  return ids.map((id, index) => `--${name}.${index + 1} ${id}`).join(' ');
}
