import type { Assessment } from './assessment.ts';
import type { Certificate } from './certificate.ts';
import { type ListenerState, listenerKey } from './listener.ts';
import { outlooks, type Prospect } from './outlook.ts';
import type { Severity } from './policy.ts';
import type { BindingName, Problem } from './problem.ts';
import { ownerName } from './refusal.ts';
import { worse } from './threshold.ts';

type Dated = Certificate & { readonly notAfter: Date };

/** Every binding of one certificate in one account. */
interface Bindings {
  readonly account: string;
  readonly certificate: Dated;
  readonly assessments: readonly Assessment[];
  /** The worst over the bindings. */
  readonly severity: Severity;
}

/**
 * One problem a certificate, never one a threshold or listener: `expiring`, which becomes `expired` under the same key; and
 * beside it `no-replacement`, from the policy's instant on, when no certificate may take its place.
 */
export function expiryProblems(
  assessments: readonly Assessment[],
  prospectOf: (assessment: Assessment) => Prospect,
  now: Date,
): readonly Problem[] {
  return byCertificate(assessments).flatMap((group) => [
    ...expiring(group, prospectOf),
    ...noReplacement(group, prospectOf, now),
  ]);
}

/** A listener whose certificate runs out and which somebody else manages: one problem a listener, by its earliest end. */
export function ownedElsewhereProblems(assessments: readonly Assessment[]): readonly Problem[] {
  const worst = new Map<string, { assessment: Assessment; certificate: Dated }>();
  for (const assessment of assessments) {
    const certificate = dated(assessment.certificate);
    if (certificate === null || assessment.severity === 'ok') continue;
    if (assessment.listener.owner.kind === 'cloud') continue;
    const key = listenerKey(assessment.listener.ref);
    const other = worst.get(key);
    if (other === undefined || certificate.notAfter < other.certificate.notAfter)
      worst.set(key, { assessment, certificate });
  }
  return [...worst].map(([key, { assessment, certificate }]) => ({
    key: `owned-elsewhere/${key}`,
    severity: assessment.severity,
    facts: {
      kind: 'owned-elsewhere',
      binding: bindingName(assessment),
      owner: ownerName(assessment.listener.owner),
      notAfter: certificate.notAfter,
    },
  }));
}

export function bindingName({
  listener,
  slot,
  policy,
}: {
  readonly listener: ListenerState;
  readonly slot: BindingName['slot'];
  readonly policy?: { readonly name: string } | undefined;
}): BindingName {
  return {
    ...(policy === undefined ? {} : { policy: policy.name }),
    ...(Object.keys(listener.tags).length === 0 ? {} : { tags: listener.tags }),
    ref: listener.ref,
    loadBalancerName: listener.loadBalancerName,
    listenerDescription: listener.description,
    port: listener.port,
    slot,
  };
}

function expiring(
  { account, certificate, assessments, severity }: Bindings,
  prospectOf: (assessment: Assessment) => Prospect,
): readonly Problem[] {
  if (severity === 'ok') return [];
  const { id, site, label, names, fingerprint256, notAfter } = certificate;
  return [
    {
      key: `expiring/${account}/${site}/${id}`,
      severity,
      facts: {
        kind: severity === 'expired' ? 'expired' : 'expiring',
        account,
        site,
        certificate: { id, label, names, fingerprint256 },
        notAfter,
        bindings: assessments.map(bindingName),
        outlook: outlooks(assessments, prospectOf),
      },
    },
  ];
}

function noReplacement(
  { account, certificate, assessments }: Bindings,
  prospectOf: (assessment: Assessment) => Prospect,
  now: Date,
): readonly Problem[] {
  const left = certificate.notAfter.getTime() - now.getTime();
  const stuck = assessments.filter(
    (assessment) =>
      left <= assessment.policy.noReplacementAfter &&
      prospectOf(assessment).refused?.reason === 'no-candidate',
  );
  if (stuck.length === 0) return [];
  const { id, site, label, names, fingerprint256, notAfter } = certificate;
  const rejections = stuck.flatMap((each) => prospectOf(each).refused?.rejections ?? []);
  return [
    {
      key: `no-replacement/${account}/${site}/${id}`,
      severity: stuck.map((each) => each.severity).reduce(worse, 'warning'),
      facts: {
        kind: 'no-replacement',
        account,
        site,
        certificate: { id, label, names, fingerprint256 },
        notAfter,
        bindings: stuck.map(bindingName),
        rejections: [...new Map(rejections.map((each) => [JSON.stringify(each), each])).values()],
      },
    },
  ];
}

function byCertificate(assessments: readonly Assessment[]): readonly Bindings[] {
  const groups = new Map<string, Bindings>();
  for (const assessment of assessments) {
    const certificate = dated(assessment.certificate);
    if (certificate === null) continue;
    const { account } = assessment.listener.ref;
    const key = `${account}/${certificate.site}/${certificate.id}`;
    const group = groups.get(key);
    groups.set(key, {
      account,
      certificate: group?.certificate ?? certificate,
      assessments: [...(group?.assessments ?? []), assessment],
      severity: worse(assessment.severity, group?.severity ?? 'ok'),
    });
  }
  return [...groups.values()];
}

function dated(certificate: Certificate | null): Dated | null {
  if (certificate === null) return null;
  const { notAfter } = certificate;
  return notAfter === null ? null : { ...certificate, notAfter };
}
