import { isEligible, objectionTo } from './candidate.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import type { PassedOver } from './explain.ts';
import type { Question } from './objection.ts';
import type { Rejection } from './planning.ts';

export interface Choice {
  /** The candidate to use; null when every certificate was rejected. */
  readonly chosen: Certificate | null;
  /** Every certificate but the bound one that may not be used: those that came furthest through the checks first. */
  rejections(): readonly Rejection[];
  /** Those that were passed over for the chosen one, the nearest first, as far as they answer for its first name. */
  readonly others: readonly PassedOver[];
}

/** More than these nobody reads. */
const mostTold = 10;

/**
 * The certificate that replaces the bound one: of those that pass every check the one with exactly the same names, then
 * the latest end, the newest, the highest id. The order of `candidates` does not matter.
 */
export function choose(
  question: Omit<Question, 'preferredCopy'>,
  candidates: readonly Certificate[],
): Choice {
  const { bound } = question;
  const superseded = supersededCopies(candidates);
  const asked: Question = {
    ...question,
    preferredCopy: (candidate) => superseded.get(candidate) ?? candidate,
  };
  const answerers = question.isUndo === true ? candidates : answering(candidates, bound);
  const eligible = answerers.filter((candidate) => isEligible(asked, candidate));
  const [chosen = null, ...next] = eligible.toSorted(preference(bound));
  return {
    chosen,
    rejections: () => rejectionsOf(asked, candidates),
    others: chosen === null ? [] : passedOver(asked, chosen, { next, answerers }),
  };
}

function passedOver(
  question: Question,
  chosen: Certificate,
  among: { readonly next: readonly Certificate[]; readonly answerers: readonly Certificate[] },
): readonly PassedOver[] {
  const rejected = rejectionsOf(question, among.answerers);
  return [
    ...among.next.map((each) => lessFit(question.bound, chosen, each)),
    ...rejected.map(({ candidate, detail }) => ({ candidate, detail })),
  ].slice(0, mostTold);
}

/** What the chosen one has over another that may be used as well. */
function lessFit(bound: Certificate, chosen: Certificate, other: Certificate): PassedOver {
  const candidate = other.id;
  if (namesKey(other) !== namesKey(bound) && namesKey(chosen) === namesKey(bound))
    return { candidate, detail: `has other names than ${bound.id}` };
  if (instant(other.notAfter) < instant(chosen.notAfter))
    return { candidate, detail: `ends earlier than ${chosen.id}` };
  return { candidate, detail: `is older than ${chosen.id}` };
}

function rejectionsOf(
  question: Question,
  candidates: readonly Certificate[],
): readonly Rejection[] {
  const objections = candidates
    .filter(({ id }) => id !== question.bound.id)
    .toSorted((a, b) => compareIds(b.id, a.id))
    .flatMap((candidate) => {
      const objection = objectionTo(question, candidate);
      return objection === null ? [] : { candidate: candidate.id, ...objection };
    });
  return objections
    .toSorted((a, b) => b.passed - a.passed)
    .map(({ candidate, reason, detail, about }) => ({
      candidate,
      reason,
      detail: detail(),
      about: about(),
    }));
}

/** By the number an id starts with, then as text: `9-cn-hangzhou` comes before `10-cn-hangzhou`. */
export function compareIds(a: CertificateId, b: CertificateId): number {
  const [first, second] = [leadingDigits(a), leadingDigits(b)];
  return first.length - second.length || compareText(first, second) || compareText(a, b);
}

function preference(bound: Certificate): (a: Certificate, b: Certificate) => number {
  const names = namesKey(bound);
  const exact = (certificate: Certificate): number => (namesKey(certificate) === names ? 1 : 0);
  return (a, b) =>
    exact(b) - exact(a) ||
    instant(b.notAfter) - instant(a.notAfter) ||
    instant(b.notBefore) - instant(a.notBefore) ||
    compareIds(b.id, a.id);
}

type Copies = ReadonlyMap<Certificate, Certificate>;

/** One listing is asked about for every listener. */
const knownCopies = new WeakMap<readonly Certificate[], Copies>();

/** For each copy of a leaf in one store that is not the one with the highest id: the one that is. */
function supersededCopies(candidates: readonly Certificate[]): Copies {
  const known = knownCopies.get(candidates);
  if (known !== undefined) return known;
  const highest = new Map<string, Certificate>();
  for (const candidate of candidates.toSorted((a, b) => compareIds(a.id, b.id)))
    highest.set(copyKey(candidate), candidate);
  const copies = new Map<Certificate, Certificate>();
  for (const candidate of candidates) {
    const preferred = highest.get(copyKey(candidate));
    if (preferred !== undefined && preferred !== candidate) copies.set(candidate, preferred);
  }
  knownCopies.set(candidates, copies);
  return copies;
}

/** One listing is asked about for every listener. */
const knownByName = new WeakMap<
  readonly Certificate[],
  ReadonlyMap<string, readonly Certificate[]>
>();

/** Those that may answer for the first name of the bound certificate: only they can pass, and a store holds thousands. */
function answering(candidates: readonly Certificate[], bound: Certificate): readonly Certificate[] {
  const [first] = bound.names;
  if (first === undefined) return candidates;
  const name = first.toLowerCase();
  const byName = knownByName.get(candidates) ?? byNameOf(candidates);
  knownByName.set(candidates, byName);
  const wildcard = `*${name.slice(name.indexOf('.'))}`;
  const [exact, wild] = [byName.get(name) ?? [], byName.get(wildcard) ?? []];
  return wildcard === name ? exact : [...new Set([...exact, ...wild])];
}

function byNameOf(candidates: readonly Certificate[]): ReadonlyMap<string, readonly Certificate[]> {
  const byName = new Map<string, Certificate[]>();
  for (const candidate of candidates) {
    for (const name of new Set(candidate.names.map((each) => each.toLowerCase()))) {
      const others = byName.get(name);
      if (others === undefined) byName.set(name, [candidate]);
      else others.push(candidate);
    }
  }
  return byName;
}

function copyKey({ site, fingerprint256, id }: Certificate): string {
  return `${site}/${fingerprint256 ?? id}`;
}

function namesKey({ names }: Certificate): string {
  return [...new Set(names.map((name) => name.toLowerCase()))].toSorted().join('\n');
}

function instant(date: Date | null): number {
  return date?.getTime() ?? 0;
}

function leadingDigits(id: CertificateId): string {
  return (/^\d*/.exec(id)?.[0] ?? '').replace(/^0+/, '');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
