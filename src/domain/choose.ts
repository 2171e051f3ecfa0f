import type { Question } from './candidate.ts';
import { objectionTo } from './candidate.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import type { Rejection } from './planning.ts';

export interface Choice {
  /** The candidate to use; null when every certificate was rejected. */
  readonly chosen: Certificate | null;
  /** Every certificate but the bound one that may not be used: those that came furthest through the checks first. */
  readonly rejections: readonly Rejection[];
}

/**
 * The certificate that replaces the bound one: of those that pass every check the one with exactly the same names, then
 * the latest end, the newest, the highest id. The order of `candidates` does not matter.
 */
export function choose(
  question: Omit<Question, 'preferredCopy'>,
  candidates: readonly Certificate[],
): Choice {
  const { bound } = question;
  const copies = preferredCopies(question, candidates);
  const asked: Question = {
    ...question,
    preferredCopy: (candidate) => copies.get(copyKey(candidate)) ?? candidate,
  };
  const judged = candidates
    .filter((candidate) => candidate.id !== bound.id)
    .map((candidate) => ({ candidate, objection: objectionTo(asked, candidate) }));
  const eligible = judged.filter(({ objection }) => objection === null);
  const rejected = judged.flatMap(({ objection }) => (objection === null ? [] : [objection]));
  return {
    chosen: eligible.map(({ candidate }) => candidate).toSorted(preference(bound))[0] ?? null,
    rejections: rejected
      .toSorted(
        (a, b) => b.passed - a.passed || compareIds(b.rejection.candidate, a.rejection.candidate),
      )
      .map(({ rejection }) => rejection),
  };
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

/** Of the copies of one leaf in one store the one with the highest id. */
function preferredCopies(
  { site }: Pick<Question, 'site'>,
  candidates: readonly Certificate[],
): ReadonlyMap<string, Certificate> {
  const copies = new Map<string, Certificate>();
  for (const candidate of candidates.filter((each) => each.site === site)) {
    const known = copies.get(copyKey(candidate));
    if (known === undefined || compareIds(known.id, candidate.id) < 0)
      copies.set(copyKey(candidate), candidate);
  }
  return copies;
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
