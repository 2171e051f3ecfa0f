import { consoleUrl } from '../api/console-url.ts';
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
    case 'clock-skew':
    case 'store-not-durable':
      return ['newleaf doctor'];
    case 'sink-failing':
      return [`newleaf alerts test ${facts.sink}`];
    case 'test':
      return [];
  }
}

/** Where the certificates of an account are renewed and uploaded. */
const certificateConsole = 'https://yundun.console.aliyun.com/?p=cas';

/** The page of the cloud's console on which a person can do what newleaf does not: none where that helps nobody. */
export function consolesFor(facts: ProblemFacts): readonly string[] {
  switch (facts.kind) {
    case 'rotation':
      return facts.outcome === 'needs-operator' ? [consoleUrl(facts.binding.ref)] : [];
    case 'no-replacement':
      return [certificateConsole];
    case 'expiring':
    case 'expired':
      return afterExpiry(facts);
    case 'weak-tls-policy':
      return facts.bindings.slice(0, 1).map(({ ref }) => consoleUrl(ref));
    case 'drift':
    case 'unreachable':
    case 'quota-near':
    case 'reverted':
      return [consoleUrl(facts.binding.ref)];
    case 'not-probed':
    case 'expiry-unknown':
    case 'owned-elsewhere':
    case 'approval-wanted':
    case 'missing':
    case 'scan-stale':
    case 'queue-stuck':
    case 'sink-failing':
    case 'clock-skew':
    case 'store-not-durable':
    case 'test':
      return [];
  }
}

/** Nothing to put in place: it is made in the store. Something, but not by newleaf: it is bound at the listener. */
function afterExpiry({
  outlook,
  bindings,
}: Extract<ProblemFacts, { readonly kind: 'expiring' | 'expired' }>): readonly string[] {
  if (outlook.some(({ kind }) => kind === 'no-candidate')) return [certificateConsole];
  if (!outlook.some(({ kind }) => kind === 'waits')) return [];
  return bindings.slice(0, 1).map(({ ref }) => consoleUrl(ref));
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
