import {
  alreadyBound,
  ended,
  expiresTooSoon,
  issuedTooRecently,
  keyTooSmall,
  missesName,
  noGain,
  notAuthority,
  notYetValid,
  otherIssuer,
  otherKeyType,
  otherSite,
  quarantined,
  revoked,
  sameLeaf,
  selfSigned,
} from './candidate-checks.ts';
import type { Certificate } from './certificate.ts';
import type { Check, Objection, Question } from './objection.ts';

/** A CA certificate is not compared by names, issuer or key: that it may come is what a person said. */
const authorityChecks: readonly Check[] = [
  sameLeaf,
  notAuthority,
  otherSite,
  notYetValid,
  expiresTooSoon,
  noGain,
  revoked,
  alreadyBound,
  quarantined,
];

/** What was bound before need not be better than what replaced it: it has to work. */
const undoChecks: readonly Check[] = [otherSite, notYetValid, ended, revoked, alreadyBound];

/** The order is the specification: the first objection is the one the operator reads. */
const candidateChecks: readonly Check[] = [
  sameLeaf,
  otherSite,
  notYetValid,
  issuedTooRecently,
  expiresTooSoon,
  noGain,
  revoked,
  missesName,
  selfSigned,
  otherIssuer,
  otherKeyType,
  keyTooSmall,
  alreadyBound,
  quarantined,
];

/** Whether nothing speaks against the candidate. */
export function isEligible(question: Question, candidate: Certificate): boolean {
  return checksFor(question).every((check) => check(question, candidate) === null);
}

/** What speaks against the candidate first, and how many checks it passed before; null when it may replace the bound one. */
export function objectionTo(
  question: Question,
  candidate: Certificate,
): (Objection & { readonly passed: number }) | null {
  for (const [passed, check] of checksFor(question).entries()) {
    const objection = check(question, candidate);
    if (objection !== null) return { ...objection, passed };
  }
  return null;
}

function checksFor({ slot, isUndo = false }: Question): readonly Check[] {
  if (isUndo) return undoChecks;
  return slot === 'ca' ? authorityChecks : candidateChecks;
}
