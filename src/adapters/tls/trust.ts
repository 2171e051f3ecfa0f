import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { NewleafError } from '../../domain/errors.ts';
import type { Trust } from '../../domain/observation.ts';

type Complaint = Extract<Trust, { verdict: 'untrusted' }>;

/** What is known when a chain is judged. */
interface Presented {
  /** As sent, leaf first. */
  readonly chain: readonly X509Certificate[];
  /** OpenSSL's complaint; null when it had none or never came to it. */
  readonly openssl: string | null;
  readonly now: Date;
}

export type JudgeTrust = (presented: Presented) => Trust;

/**
 * Judges chains against Node's built-in roots and `extraRoots` (PEM, several in one text allowed). Throws `config.invalid`
 * for a root that cannot be read.
 *
 * OpenSSL reports only its last complaint and none at all when the server breaks off, so the path is walked here for a
 * stable reason and OpenSSL's verdict can only make it worse.
 */
export function openTrust(extraRoots: readonly string[]): JudgeTrust {
  const anchors = anchorsBySubject([...rootCertificates, ...extraRoots.flatMap(splitPem)]);

  return ({ chain, openssl, now }) => {
    const [leaf] = chain;
    if (leaf === undefined) return untrusted('other', 'no certificate could be read');
    const path = walkPath(leaf, chain, anchors);
    const complaints = [
      ...path.certificates.flatMap((certificate) => dateComplaints(certificate, leaf, now)),
      ...path.complaints,
      ...keyComplaints(leaf),
    ];
    const all = complaints.length === 0 ? opensslComplaints(openssl) : complaints;
    const [first] = all;
    if (first === undefined) return { verdict: 'trusted' };
    return untrusted(first.reason, all.map(({ detail }) => detail).join('; '));
  };
}

type Anchors = ReadonlyMap<string, readonly X509Certificate[]>;

interface Path {
  /** Leaf first, without the anchor: an anchor is trusted by being there, whatever its dates. */
  readonly certificates: readonly X509Certificate[];
  readonly complaints: readonly Complaint[];
}

/** Longer than any sane chain; a bound on the work a peer can make. */
const longestPath = 10;

function walkPath(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  anchors: Anchors,
): Path {
  const certificates = [leaf];
  for (let current = leaf; certificates.length <= longestPath; ) {
    if (isAnchored(current, anchors)) return { certificates, complaints: [] };
    const issuer = chain.find(
      (candidate) =>
        candidate.ca && !certificates.includes(candidate) && issued(candidate, current),
    );
    if (issuer === undefined) return { certificates, complaints: [brokenAt(current, leaf, chain)] };
    certificates.push(issuer);
    current = issuer;
  }
  return { certificates, complaints: [untrusted('other', 'the chain is too long')] };
}

/** Whether a root of ours signed it, or it is one itself. */
function isAnchored(certificate: X509Certificate, anchors: Anchors): boolean {
  const candidates = anchors.get(certificate.issuer) ?? [];
  return candidates.some(
    (anchor) => anchor.raw.equals(certificate.raw) || issued(anchor, certificate),
  );
}

/** Why the path ends here: nothing that was sent and no root of ours signed this certificate. */
function brokenAt(
  last: X509Certificate,
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
): Complaint {
  const issuer = last.issuer.split('\n').join(', ');
  if (isSelfSigned(last)) {
    return last === leaf
      ? untrusted('self-signed', 'the leaf is self-signed')
      : untrusted('unknown-issuer', `the root is not trusted: ${issuer}`);
  }
  if (last === leaf) {
    const sent =
      chain.length === 1 ? 'only the leaf was sent' : 'the issuer of the leaf was not sent';
    return untrusted('incomplete-chain', `${sent}; its issuer is ${issuer}`);
  }
  return untrusted('unknown-issuer', `no trusted root signed the chain: ${issuer}`);
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && verifies(certificate, certificate);
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && verifies(issuer, certificate);
}

/** Verdicts on pairs seen before: the same few certificates come with every look. They go with their certificates. */
const verified = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

function verifies(issuer: X509Certificate, certificate: X509Certificate): boolean {
  const byIssuer = verified.get(certificate) ?? new WeakMap<X509Certificate, boolean>();
  verified.set(certificate, byIssuer);
  const verdict = byIssuer.get(issuer) ?? hasSigned(issuer, certificate);
  byIssuer.set(issuer, verdict);
  return verdict;
}

function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know has signed nothing we can rely on.
    return false;
  }
}

function dateComplaints(
  certificate: X509Certificate,
  leaf: X509Certificate,
  now: Date,
): readonly Complaint[] {
  const whose = certificate === leaf ? 'the leaf' : 'an issuer';
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  if (now > to) return [untrusted('expired', `${whose} expired at ${to.toISOString()}`)];
  if (now < from) {
    return [untrusted('not-yet-valid', `${whose} is not valid before ${from.toISOString()}`)];
  }
  return [];
}

/** Browsers and CAs ended smaller keys in 2014 (CA/Browser Forum baseline requirements 6.1.5). */
const smallestRsaBits = 2048;

function keyComplaints(leaf: X509Certificate): readonly Complaint[] {
  const { asymmetricKeyDetails } = leaf.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || bits >= smallestRsaBits) return [];
  return [untrusted('other', `the RSA key has only ${bits} bits`)];
}

/** Dates are judged by our clock alone. */
const dateCodes: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** What the walk does not look at: path lengths, name constraints, purposes, weak signatures. */
function opensslComplaints(code: string | null): readonly Complaint[] {
  if (code === null || dateCodes.has(code)) return [];
  return [untrusted('other', `refused by OpenSSL: ${code}`)];
}

function untrusted(reason: Complaint['reason'], detail: string): Complaint {
  return { verdict: 'untrusted', reason, detail };
}

function anchorsBySubject(roots: readonly string[]): Anchors {
  const anchors = new Map<string, X509Certificate[]>();
  for (const root of roots.map(readRoot)) {
    anchors.set(root.subject, [...(anchors.get(root.subject) ?? []), root]);
  }
  return anchors;
}

function readRoot(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new NewleafError('config.invalid', 'a trust root is not a PEM certificate', { cause });
  }
}

function splitPem(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return blocks ?? [text];
}
