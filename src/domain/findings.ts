import type { Commit } from './admission.ts';
import { askableNames } from './asks.ts';
import { answerers, type Bound } from './bound.ts';
import type { ExpiryUnknown } from './ca-names.ts';
import { isOutside, isSettled, judgeCell } from './cell-verdict.ts';
import type { Fingerprint } from './certificate.ts';
import type { KnownListener, ServedAt } from './inventory.ts';
import type { ListenerState, Owner } from './listener.ts';
import type { FailureReason } from './observation.ts';

/** Where something was seen. */
interface Spot {
  readonly zone: string;
  readonly address: string;
  readonly port: number;
  readonly serverName: string | null;
}

/** Something about a binding that a person should know, apart from its expiry. Facts only; text is made elsewhere. */
export type Finding =
  | ({
      readonly kind: 'drift';
      /** The fingerprint of this binding's certificate. */
      readonly bound: Fingerprint | null;
      readonly served: Fingerprint;
      readonly servedUntil: Date;
    } & Spot)
  | ({
      readonly kind: 'unreachable';
      readonly reason: FailureReason;
      readonly lastServedAt: Date;
    } & Spot)
  | ({ readonly kind: 'untrusted-chain'; readonly reason: string; readonly detail: string } & Spot)
  | ({ readonly kind: 'name-not-covered'; readonly served: Fingerprint } & Spot)
  | { readonly kind: 'weak-tls-policy'; readonly policy: string }
  | ExpiryUnknown
  | { readonly kind: 'quota-near'; readonly used: number; readonly limit: number }
  | { readonly kind: 'owned-elsewhere'; readonly owner: Owner }
  /** The slot holds again what a committed rotation had replaced. */
  | ({ readonly kind: 'reverted' } & Commit)
  /** Zones of the listener none of whose endpoints this daemon can reach. */
  | {
      readonly kind: 'not-probed';
      readonly vpcId: string | null;
      readonly zones: readonly string[];
    }
  /** The certificate has more names than one scan asks a listener for. */
  | { readonly kind: 'names-not-asked'; readonly asked: number; readonly names: number };

/** Every kind of finding, compared with the type by the compiler. */
const kinds = {
  drift: true,
  unreachable: true,
  'untrusted-chain': true,
  'name-not-covered': true,
  'weak-tls-policy': true,
  'expiry-unknown': true,
  'quota-near': true,
  'owned-elsewhere': true,
  reverted: true,
  'not-probed': true,
  'names-not-asked': true,
} as const satisfies Record<Finding['kind'], true>;

export const findingKinds: readonly string[] = Object.keys(kinds);

/** The system policies that still allow a protocol older than TLS 1.2. */
const weakPolicies: ReadonlySet<string> = new Set([
  'tls_cipher_policy_1_0',
  'tls_cipher_policy_1_1',
]);

/** Of the others the cloud tells the versions. SSL is what they were called before. */
const oldVersion = /^(ssl|tlsv1(\.[01])?$)/i;

/** Whether the TLS policy of a listener allows protocols older than TLS 1.2; null when nobody tells what a custom one allows. */
export function allowsOldTls({
  tlsPolicy,
  tlsVersions,
}: Pick<ListenerState, 'tlsPolicy' | 'tlsVersions'>): boolean | null {
  if (tlsPolicy.toLowerCase().startsWith('tls_cipher_policy_'))
    return weakPolicies.has(tlsPolicy.toLowerCase());
  return tlsVersions?.some((version) => oldVersion.test(version)) ?? null;
}

/** Share of a quota from which it is worth telling: a rotation of an additional certificate needs a free place. */
const nearQuota = 0.8;

/** How full a load balancer is; the limit is null when nobody knows it. */
export interface Quota {
  readonly used: number;
  readonly limit: number | null;
}

/** What concerns the listener as a whole, and so each of its bindings. */
export function listenerFindings(known: KnownListener, quota: Quota): readonly Finding[] {
  const { state } = known;
  const findings: Finding[] = [];
  if (allowsOldTls(state) === true)
    findings.push({ kind: 'weak-tls-policy', policy: state.tlsPolicy });
  if (quota.limit !== null && quota.used > 0 && quota.used >= quota.limit * nearQuota)
    findings.push({ kind: 'quota-near', used: quota.used, limit: quota.limit });
  if (state.owner.kind !== 'cloud') findings.push({ kind: 'owned-elsewhere', owner: state.owner });
  const zones = unseenZones(known.served);
  if (state.status === 'running' && zones.length > 0)
    findings.push({ kind: 'not-probed', vpcId: state.vpcId, zones });
  return findings;
}

/** The looks that speak for one binding. */
export function looksFor(
  binding: Bound,
  bound: readonly Bound[],
  served: readonly ServedAt[],
): readonly ServedAt[] {
  return served.filter((look) => answerers(bound, look).includes(binding));
}

/**
 * What the looks of one binding show. `mayDrift` is false while a rotation is open or settling on the listener: then two
 * leaves at once are what is to be expected.
 */
export function servedFindings(
  known: KnownListener,
  binding: Bound,
  given: { readonly bound: readonly Bound[]; readonly mayDrift: boolean },
): readonly Finding[] {
  const settled = isSettled(known);
  const shown = looksFor(binding, given.bound, known.served).flatMap((look) => {
    const verdict = judgeCell(known, given.bound, look);
    const proven = settled && look.confirmed;
    const findings = qualityFindings(look);
    if (verdict === 'drift' && proven && given.mayDrift) findings.push(...drift(look, binding));
    if (verdict === 'unreachable' && proven) findings.push(...unreachable(look));
    return findings;
  });
  return [...shown, ...notAsked(binding, known.served)];
}

/** Said only where somebody looked: what cannot be looked at is told as such. */
function notAsked(binding: Bound, served: readonly ServedAt[]): readonly Finding[] {
  const looks = served.filter((look) => !isOutside(look));
  const asked = new Set(looks.map(({ serverName }) => serverName));
  const names = askableNames(binding);
  const known = names.filter((name) => asked.has(name)).length;
  if (looks.length === 0 || known === names.length) return [];
  return [{ kind: 'names-not-asked', asked: known, names: names.length }];
}

function drift(look: ServedAt, { certificate }: Bound): readonly Finding[] {
  if (look.observation.kind !== 'served') return [];
  const { leaf } = look.observation;
  const bound = certificate?.fingerprint256 ?? null;
  const served = { served: leaf.fingerprint256, servedUntil: leaf.notAfter };
  return [{ kind: 'drift', ...spot(look), bound, ...served }];
}

function unreachable(look: ServedAt): readonly Finding[] {
  const { observation, lastServedAt } = look;
  if (observation.kind !== 'failed' || lastServedAt === null) return [];
  return [{ kind: 'unreachable', ...spot(look), reason: observation.reason, lastServedAt }];
}

function qualityFindings(look: ServedAt): Finding[] {
  const { observation } = look;
  if (observation.kind !== 'served') return [];
  const { trust, nameCovered, leaf } = observation;
  const findings: Finding[] = [];
  // That it has expired is the severity's business.
  if (trust.verdict === 'untrusted' && trust.reason !== 'expired') {
    const { reason, detail } = trust;
    findings.push({ kind: 'untrusted-chain', ...spot(look), reason, detail });
  }
  if (nameCovered === false)
    findings.push({ kind: 'name-not-covered', ...spot(look), served: leaf.fingerprint256 });
  return findings;
}

function spot({ zone, address, port, serverName }: ServedAt): Spot {
  return { zone, address, port, serverName };
}

/** A zone counts as seen when one of its addresses is: they are faces of one load balancer in one zone. */
function unseenZones(served: readonly ServedAt[]): readonly string[] {
  const seen = new Set(served.filter((look) => !isOutside(look)).map(({ zone }) => zone));
  const outside = new Set(served.filter(isOutside).map(({ zone }) => zone));
  return [...outside].filter((zone) => !seen.has(zone)).toSorted();
}
