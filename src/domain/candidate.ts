import type { Certificate, Fingerprint, KeyType, Millis, StoreSite } from './certificate.ts';
import { covers } from './certificate.ts';
import type { Slot } from './listener.ts';
import type { Rejection } from './planning.ts';
import type { CandidateAllowance } from './policy.ts';

/** What the checks ask about: the bound certificate, the listener it sits on and what its policy allows. */
export interface Question {
  readonly bound: Certificate;
  /** Left out: a slot of server certificates. */
  readonly slot?: Slot | undefined;
  /** A person takes a rotation back: what was bound before is good enough again, whatever a renewal would have to be. */
  readonly isUndo?: boolean | undefined;
  /** The store the listener's load balancer reads. */
  readonly site: StoreSite;
  /** Every certificate on the listener, in any slot, as far as it is known. */
  readonly onListener: readonly Pick<Certificate, 'id' | 'fingerprint256'>[];
  readonly allow: CandidateAllowance;
  readonly minimumGain: Millis;
  /** A candidate with less life left than this would be critical the day it is bound. */
  readonly critical: Millis;
  /** Why this leaf is quarantined for the listener, as a sentence; null when it is not. */
  readonly quarantined: (fingerprint: Fingerprint) => string | null;
  /** The certificate to use for a leaf that the store holds more than once. */
  readonly preferredCopy: (candidate: Certificate) => Certificate;
  readonly now: Date;
}

/** The sentence is made only for those who read it: a store holds thousands of certificates that nobody asks about. */
interface Objection {
  readonly reason: Rejection['reason'];
  readonly detail: () => string;
}

/** Null: nothing to object to. A fact the store did not tell is an objection wherever the check needs it. */
type Check = (question: Question, candidate: Certificate) => Objection | null;

const hour = 3_600_000;

/** Clients whose clocks run late refuse a certificate that is too young. */
const settlingTime = hour;

const smallestKey: Readonly<Record<KeyType, number>> = { rsa: 2048, ecdsa: 256, other: 0 };

const sameLeaf: Check = ({ bound, preferredCopy }, candidate) => {
  if (candidate.id === bound.id) return no('same-leaf', () => 'is the certificate that is bound');
  if (candidate.fingerprint256 === null || bound.fingerprint256 === null)
    return unknown('the fingerprint', candidate.fingerprint256 === null);
  if (candidate.fingerprint256 === bound.fingerprint256)
    return no('same-leaf', () => `is another copy of the bound certificate ${bound.id}`);
  const preferred = preferredCopy(candidate);
  if (preferred.id === candidate.id) return null;
  return no('same-leaf', () => `is another copy of ${preferred.id}, which is preferred`);
};

const otherSite: Check = ({ site }, candidate) =>
  candidate.site === site
    ? null
    : no('other-site', () => `is in the store of ${candidate.site}, this region reads ${site}`);

const notYetValid: Check = ({ now }, { notBefore }) => {
  if (notBefore === null) return unknown('the start of validity', true);
  return notBefore > now ? no('not-yet-valid', () => `is valid from ${iso(notBefore)}`) : null;
};

const issuedTooRecently: Check = ({ now, allow }, { notBefore }) => {
  if (allow.age || notBefore === null) return null;
  const ripe = new Date(notBefore.getTime() + settlingTime);
  return ripe > now
    ? no(
        'issued-too-recently',
        () => `was issued less than an hour ago, may be used from ${iso(ripe)}`,
      )
    : null;
};

const expiresTooSoon: Check = ({ now, critical }, { notBefore, notAfter }) => {
  if (notAfter === null) return unknown('the end of validity', true);
  if (notAfter <= now) return no('expired', () => `expired on ${iso(notAfter)}`);
  const lifetime = notAfter.getTime() - (notBefore ?? now).getTime();
  const left = notAfter.getTime() - now.getTime();
  return left <= Math.min(critical, lifetime / 24)
    ? no('expired', () => `is about to expire, on ${iso(notAfter)}`)
    : null;
};

const noGain: Check = ({ bound, minimumGain }, { notAfter }) => {
  // A revoked certificate does harm however long it would live.
  if (bound.revoked || notAfter === null) return null;
  const end = bound.notAfter;
  if (end === null) return unknown('the end of validity', false);
  return notAfter.getTime() < end.getTime() + minimumGain
    ? no('no-gain', () => `expires on ${iso(notAfter)}, the bound one on ${iso(end)}`)
    : null;
};

const revoked: Check = (_question, candidate) =>
  candidate.revoked ? no('revoked', () => 'is revoked') : null;

/** A wildcard of the old certificate is covered by the same wildcard only: nobody knows which hosts stand behind it. */
const missesName: Check = ({ bound }, candidate) => {
  if (bound.names.length === 0) return unknown('the names', false);
  const missed = bound.names.filter((name) => !covers(candidate, name));
  return missed.length === 0
    ? null
    : no('missing-name', () => `does not answer for ${few(missed)}`);
};

const selfSigned: Check = ({ bound }, candidate) => {
  if (bound.selfSigned === true || candidate.selfSigned === false) return null;
  return candidate.selfSigned === null
    ? unknown('whether it is self-signed', true)
    : no('self-signed', () => 'is self-signed, the bound one is not');
};

const otherIssuer: Check = ({ bound, allow }, candidate) => {
  if (allow.issuer) return null;
  if (candidate.issuer === null || bound.issuer === null)
    return unknown('the issuer', candidate.issuer === null);
  return candidate.issuer === bound.issuer
    ? null
    : no(
        'other-issuer',
        () => `was issued by ${candidate.issuer}, the bound one by ${bound.issuer}`,
      );
};

const otherKeyType: Check = ({ bound, allow }, candidate) => {
  if (allow.keyType) return null;
  // Listings do not name it; a rotation asks for it before it touches anything, and whoever only observes may not ask.
  if (candidate.keyType === null || bound.keyType === null) {
    return isFromIssuerOf(bound, candidate)
      ? null
      : unknown('the key type', candidate.keyType === null);
  }
  // Two keys of a type we do not know need not be of the same type.
  if (!isKnown(candidate.keyType) || !isKnown(bound.keyType))
    return unknown('the key type', !isKnown(candidate.keyType));
  return candidate.keyType === bound.keyType
    ? null
    : no(
        'other-key-type',
        () => `has an ${candidate.keyType} key, the bound one an ${bound.keyType} key`,
      );
};

/**
 * Stores often name only the algorithm. Without a size the issuer of the bound certificate is trusted once more: no public
 * CA signs a smaller key (CA/Browser Forum Baseline Requirements 6.1.5), and a private one did not change its mind.
 */
const keyTooSmall: Check = ({ bound }, candidate) => {
  const { keyType, keyBits } = candidate;
  if (keyType === null || keyBits === null) {
    return isFromIssuerOf(bound, candidate) ? null : unknown('the key size', true);
  }
  const smallest = smallestKey[keyType];
  return keyBits < smallest
    ? no(
        'key-too-small',
        () => `has an ${keyType} key of ${keyBits} bits, at least ${smallest} are needed`,
      )
    : null;
};

function isFromIssuerOf(bound: Certificate, { issuer }: Certificate): boolean {
  return issuer !== null && issuer === bound.issuer;
}

const alreadyBound: Check = ({ onListener }, candidate) => {
  const there = onListener.find(
    ({ id, fingerprint256 }) =>
      id === candidate.id ||
      (fingerprint256 !== null && fingerprint256 === candidate.fingerprint256),
  );
  return there === undefined
    ? null
    : no('already-bound', () => `is already on this listener, as ${there.id}`);
};

const quarantined: Check = (question, { fingerprint256 }) => {
  const why = fingerprint256 === null ? null : question.quarantined(fingerprint256);
  return why === null ? null : no('quarantined', () => why);
};

/** A CA certificate answers for no name; what does is somebody's server certificate. */
const notAuthority: Check = (_question, { names }) =>
  names.length === 0 ? null : no('not-a-ca', () => 'is a server certificate, no CA certificate');

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

const ended: Check = ({ now }, { notAfter }) =>
  notAfter === null || notAfter > now ? null : no('expired', () => `expired on ${iso(notAfter)}`);

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

function no(reason: Rejection['reason'], detail: () => string): Objection {
  return { reason, detail };
}

function unknown(fact: string, ofCandidate: boolean): Objection {
  return no('facts-unknown', () =>
    ofCandidate
      ? `the store does not tell ${fact}`
      : `${fact} of the bound certificate is not known, so nothing can be compared with it`,
  );
}

function isKnown(keyType: KeyType | null): boolean {
  return keyType !== null && keyType !== 'other';
}

function few(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length <= 5 ? shown : `${shown} and ${names.length - 5} more`;
}

function iso(instant: Date): string {
  return `${instant.toISOString().slice(0, 16)}Z`;
}
