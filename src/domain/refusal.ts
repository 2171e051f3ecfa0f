import type { Admission } from './admission.ts';
import type { Certificate } from './certificate.ts';
import { siteOfRegion } from './certificate.ts';
import type { Inventory, KnownCertificate } from './inventory.ts';
import type { BoundCertificate, ListenerState, Owner } from './listener.ts';
import { listenerKey } from './listener.ts';
import type { PlanRefusal } from './planning.ts';
import type { Policy } from './policy.ts';
import { revertedCommit } from './revert.ts';

/** A binding, what is known of its certificate, and what may speak against planning it at all. */
export interface BindingFacts {
  readonly inventory: Pick<Inventory, 'missing' | 'takenAt'>;
  readonly admission: Pick<Admission, 'holds' | 'commits'>;
  readonly state: ListenerState;
  readonly row: BoundCertificate;
  readonly bound: KnownCertificate | null;
  /** Whether somebody asked for a rotation of this slot: who does so has seen what speaks against doing it unasked. */
  readonly requested: boolean;
  /** Additional certificates on the listener's load balancer, and how many it may hold; null where nobody tells. */
  readonly quota: { readonly used: number; readonly limit: number | null };
  /** Whether the policy allows to take the old one away first. */
  readonly mayGap: boolean;
}

export interface Refusal {
  readonly reason: PlanRefusal;
  readonly detail: string;
}

type Check = (facts: BindingFacts) => Refusal | null;

const onHold: Check = ({ admission, state }) => {
  const hold = admission.holds[listenerKey(state.ref)];
  if (hold === undefined) return null;
  return {
    reason: 'on-hold',
    detail: `rotation ${hold.rotationId} needs an operator: ${hold.reason}`,
  };
};

const ownedElsewhere: Check = ({ state }) =>
  state.owner.kind === 'cloud'
    ? null
    : { reason: 'owned-elsewhere', detail: whatToChange(state.owner) };

const reverted: Check = ({ admission, state, row, bound, requested }) => {
  if (requested) return null;
  const leaf = bound?.certificate.fingerprint256 ?? null;
  const commit = revertedCommit(admission, listenerKey(state.ref), row, leaf);
  if (commit === null) return null;
  const detail = `${row.id} was put back after rotation ${commit.rotationId} had replaced it: newleaf rotate asks for it again`;
  return { reason: 'reverted', detail };
};

/** A change under way ends within minutes and the rotation reads the listener afresh; a stopped one serves nothing to prove. */
const notRunning: Check = ({ state }) =>
  state.status === 'running' || state.status === 'changing'
    ? null
    : { reason: 'not-running', detail: `the listener is ${state.status}` };

/** What is bound but no longer in the store keeps working, but could not be put back. */
const noWayBack: Check = ({ inventory, state, row, bound }) => {
  const isListed = bound !== null && bound.absences === 0;
  if (isListed || (bound === null && !isSiteRead(inventory, state))) return null;
  const detail = `${row.id} is no longer in the store, so it could not be put back`;
  return { reason: 'no-way-back', detail };
};

const expiryUnknown: Check = ({ row, bound }) =>
  bound !== null && bound.certificate.notAfter !== null
    ? null
    : { reason: 'expiry-unknown', detail: `nobody told when ${row.id} expires` };

/** The new certificate is bound before the old one goes. More than the usual limit means that it was raised, nobody tells to what. */
const quota: Check = ({ row, quota: { used, limit }, mayGap }) => {
  if (row.slot !== 'additional' || used !== limit || mayGap) return null;
  const detail = `the load balancer holds ${used} of ${limit} additional certificates: take one away, have nlb_quota_loadbalancer_certificates_num raised, or set allow.gap`;
  return { reason: 'quota', detail };
};

const checks: readonly Check[] = [
  onHold,
  ownedElsewhere,
  reverted,
  notRunning,
  noWayBack,
  expiryUnknown,
  quota,
];

/** Why no plan may be made for a binding, whatever the candidates are; null when one may be. */
export function refusalOf(facts: BindingFacts): Refusal | null {
  for (const check of checks) {
    const refusal = check(facts);
    if (refusal !== null) return refusal;
  }
  return null;
}

const alwaysTold: ReadonlySet<PlanRefusal> = new Set(['on-hold', 'expiry-unknown', 'reverted']);

/**
 * Whether a binding without a plan is worth telling. A certificate far from its end that nothing replaces yet is not; one that
 * a person must look at is, and so is one whose end nobody knows.
 */
export function isWorthTelling(
  bound: Certificate | null,
  policy: Policy,
  { refusal, now }: { readonly refusal: Refusal | null; readonly now: Date },
): boolean {
  if (refusal !== null && alwaysTold.has(refusal.reason)) return true;
  if (bound === null) return refusal?.reason === 'no-way-back';
  if (bound.revoked) return true;
  if (bound.notAfter === null) return false;
  const left = bound.notAfter.getTime() - now.getTime();
  return left <= Math.max(policy.renewBefore, policy.noReplacementAfter);
}

/** What to change instead, where somebody else manages the listener. */
export function whatToChange(owner: Exclude<Owner, { kind: 'cloud' }>): string {
  switch (owner.kind) {
    case 'kubernetes': {
      const service = owner.service ?? 'its Service';
      const place = owner.cluster === null ? '' : ` in cluster ${owner.cluster}`;
      return `a Kubernetes controller manages the listener: change the certificate of ${service}${place}`;
    }
    case 'tag':
      return `the tag ${owner.tag} says that something else manages the listener: change it there`;
  }
}

/** The owner in words, as specific as it is known: `kubernetes/CLUSTER/SERVICE`, `tag NAME`. */
export function ownerName(owner: Owner): string {
  switch (owner.kind) {
    case 'cloud':
      return 'cloud';
    case 'kubernetes':
      return ['kubernetes', owner.cluster, owner.service].filter((part) => part !== null).join('/');
    case 'tag':
      return `tag ${owner.tag}`;
  }
}

/** Whether the last scan read the whole store that the listener's load balancer reads. */
function isSiteRead(
  { missing, takenAt }: BindingFacts['inventory'],
  { ref }: ListenerState,
): boolean {
  const site = siteOfRegion(ref.region);
  const isUnread = missing.some(
    ({ account, region, part }) =>
      part === 'certificates' && account === ref.account && region === site,
  );
  return takenAt !== null && !isUnread;
}
