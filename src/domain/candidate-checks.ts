import type { Certificate, KeyType } from './certificate.ts';
import { covers } from './certificate.ts';
import type { Check } from './objection.ts';
import { no, unknown } from './objection.ts';

const hour = 3_600_000;

/** Clients whose clocks run late refuse a certificate that is too young. */
const settlingTime = hour;

const smallestKey: Readonly<Record<KeyType, number>> = { rsa: 2048, ecdsa: 256, other: 0 };

export const sameLeaf: Check = ({ bound, slot, preferredCopy }, candidate) => {
  if (candidate.id === bound.id)
    return no(
      'same-leaf',
      () => 'is the certificate that is bound',
      () => [bound.id],
    );
  const isTold = candidate.fingerprint256 !== null && bound.fingerprint256 !== null;
  // Of CA certificates that were uploaded nobody tells a fingerprint. Their ids are all there is, and a person has named them.
  if (slot === 'ca' && !isTold) return null;
  if (candidate.fingerprint256 === null || bound.fingerprint256 === null)
    return unknown('the fingerprint', candidate.fingerprint256 === null);
  if (candidate.fingerprint256 === bound.fingerprint256)
    return no(
      'same-leaf',
      () => `is another copy of the bound certificate ${bound.id}`,
      () => [bound.id],
    );
  const preferred = preferredCopy(candidate);
  if (preferred.id === candidate.id) return null;
  return no(
    'same-leaf',
    () => `is another copy of ${preferred.id}, which is preferred`,
    () => [preferred.id],
  );
};

export const otherSite: Check = ({ site }, candidate) =>
  candidate.site === site
    ? null
    : no(
        'other-site',
        () => `is in the store of ${candidate.site}, this region reads ${site}`,
        () => [candidate.site, site],
      );

export const notYetValid: Check = ({ now }, { notBefore }) => {
  if (notBefore === null) return unknown('the start of validity', true);
  return notBefore > now
    ? no(
        'not-yet-valid',
        () => `is valid from ${iso(notBefore)}`,
        () => [iso(notBefore)],
      )
    : null;
};

export const issuedTooRecently: Check = ({ now, allow }, { notBefore }) => {
  if (allow.age || notBefore === null) return null;
  const ripe = new Date(notBefore.getTime() + settlingTime);
  return ripe > now
    ? no(
        'issued-too-recently',
        () => `was issued less than an hour ago, may be used from ${iso(ripe)}`,
        () => [iso(ripe)],
      )
    : null;
};

export const expiresTooSoon: Check = ({ now, critical }, { notBefore, notAfter }) => {
  if (notAfter === null) return unknown('the end of validity', true);
  if (notAfter <= now)
    return no(
      'expired',
      () => `expired on ${iso(notAfter)}`,
      () => [iso(notAfter)],
    );
  const lifetime = notAfter.getTime() - (notBefore ?? now).getTime();
  const left = notAfter.getTime() - now.getTime();
  return left <= Math.min(critical, lifetime / 24)
    ? no(
        'expired',
        () => `is about to expire, on ${iso(notAfter)}`,
        () => [iso(notAfter)],
      )
    : null;
};

export const noGain: Check = ({ bound, minimumGain }, { notAfter }) => {
  // A revoked certificate does harm however long it would live.
  if (bound.revoked || notAfter === null) return null;
  const end = bound.notAfter;
  if (end === null) return unknown('the end of validity', false);
  return notAfter.getTime() < end.getTime() + minimumGain
    ? no(
        'no-gain',
        () => `expires on ${iso(notAfter)}, the bound one on ${iso(end)}`,
        () => [iso(notAfter), iso(end)],
      )
    : null;
};

export const revoked: Check = (_question, candidate) =>
  candidate.revoked ? no('revoked', () => 'is revoked') : null;

/** A wildcard of the old certificate is covered by the same wildcard only: nobody knows which hosts stand behind it. */
export const missesName: Check = ({ bound }, candidate) => {
  if (bound.names.length === 0) return unknown('the names', false);
  const missed = bound.names.filter((name) => !covers(candidate, name));
  return missed.length === 0
    ? null
    : no(
        'missing-name',
        () => `does not answer for ${few(missed)}`,
        () => firstOf(missed),
      );
};

export const selfSigned: Check = ({ bound }, candidate) => {
  if (bound.selfSigned === true || candidate.selfSigned === false) return null;
  return candidate.selfSigned === null
    ? unknown('whether it is self-signed', true)
    : no('self-signed', () => 'is self-signed, the bound one is not');
};

export const otherIssuer: Check = ({ bound, allow }, candidate) => {
  if (allow.issuer) return null;
  if (candidate.issuer === null || bound.issuer === null)
    return unknown('the issuer', candidate.issuer === null);
  return candidate.issuer === bound.issuer
    ? null
    : no(
        'other-issuer',
        () => `was issued by ${candidate.issuer}, the bound one by ${bound.issuer}`,
        () => [candidate.issuer ?? '', bound.issuer ?? ''],
      );
};

export const otherKeyType: Check = ({ bound, allow }, candidate) => {
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
        () => [candidate.keyType ?? '', bound.keyType ?? ''],
      );
};

/**
 * Stores often name only the algorithm. Without a size the issuer of the bound certificate is trusted once more: no public
 * CA signs a smaller key (CA/Browser Forum Baseline Requirements 6.1.5), and a private one did not change its mind.
 */
export const keyTooSmall: Check = ({ bound }, candidate) => {
  const { keyType, keyBits } = candidate;
  if (keyType === null || keyBits === null) {
    return isFromIssuerOf(bound, candidate) ? null : unknown('the key size', true);
  }
  const smallest = smallestKey[keyType];
  return keyBits < smallest
    ? no(
        'key-too-small',
        () => `has an ${keyType} key of ${keyBits} bits, at least ${smallest} are needed`,
        () => [keyType, String(keyBits), String(smallest)],
      )
    : null;
};

function isFromIssuerOf(bound: Certificate, { issuer }: Certificate): boolean {
  return issuer !== null && issuer === bound.issuer;
}

export const alreadyBound: Check = ({ onListener }, candidate) => {
  const there = onListener.find(
    ({ id, fingerprint256 }) =>
      id === candidate.id ||
      (fingerprint256 !== null && fingerprint256 === candidate.fingerprint256),
  );
  return there === undefined
    ? null
    : no(
        'already-bound',
        () => `is already on this listener, as ${there.id}`,
        () => [there.id],
      );
};

export const quarantined: Check = (question, { fingerprint256, id }) => {
  const why = question.quarantined(fingerprint256 ?? id);
  if (why === null) return null;
  const { until, rotationId, reason, everywhere } = why;
  return no(
    'quarantined',
    () =>
      everywhere
        ? `is quarantined until ${iso(until)} after rotation ${rotationId}: ${reason}`
        : `is not tried again on this listener before ${iso(until)}, after rotation ${rotationId}: ${reason}`,
    () => [iso(until), rotationId, reason, everywhere ? 'everywhere' : 'here'],
  );
};

/** A CA certificate answers for no name; what does is somebody's server certificate. */
export const notAuthority: Check = (_question, { names }) =>
  names.length === 0 ? null : no('not-a-ca', () => 'is a server certificate, no CA certificate');

export const ended: Check = ({ now }, { notAfter }) =>
  notAfter === null || notAfter > now
    ? null
    : no(
        'expired',
        () => `expired on ${iso(notAfter)}`,
        () => [iso(notAfter)],
      );

function isKnown(keyType: KeyType | null): boolean {
  return keyType !== null && keyType !== 'other';
}

/** As many names as a sentence holds, and how many more there are. */
function firstOf(names: readonly string[]): readonly string[] {
  return names.length <= 5 ? names : [...names.slice(0, 5), `+${names.length - 5}`];
}

function few(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length <= 5 ? shown : `${shown} and ${names.length - 5} more`;
}

function iso(instant: Date): string {
  return `${instant.toISOString().slice(0, 16)}Z`;
}
