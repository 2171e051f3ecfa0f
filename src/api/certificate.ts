import { z } from 'zod';
import type { CertificateView } from '../domain/certificate-view.ts';
import type { PlannedRotation } from '../domain/planning.ts';
import { worse } from '../domain/threshold.ts';
import { consoleUrl } from './console-url.ts';
import { BindingDocument, bindingDocument } from './scan.ts';

const PlannedDocument = z.strictObject({
  hash: z.string(),
  region: z.string(),
  loadBalancerId: z.string(),
  listenerId: z.string(),
  consoleUrl: z.string(),
  from: z.string(),
  to: z.string(),
  toLabel: z.string(),
  toNotAfter: z.iso.datetime().nullable(),
  /** What it waits for; null: it starts now. */
  waitsFor: z.string().nullable(),
});

const OneCertificate = z.strictObject({
  account: z.string(),
  id: z.string(),
  label: z.string(),
  site: z.enum(['cn-hangzhou', 'ap-southeast-1']).nullable(),
  fingerprint256: z.string().nullable(),
  names: z.array(z.string()),
  keyType: z.enum(['rsa', 'ecdsa', 'other']).nullable(),
  keyBits: z.number().nullable(),
  issuer: z.string().nullable(),
  selfSigned: z.boolean().nullable(),
  notBefore: z.iso.datetime().nullable(),
  notAfter: z.iso.datetime().nullable(),
  daysLeft: z.int().nullable(),
  revoked: z.boolean(),
  /** The worst over its bindings; `ok` when it is bound nowhere. */
  severity: z.enum(['ok', 'info', 'warning', 'critical', 'expired']),
  /** Whether the last complete listing of its store showed it. */
  listed: z.boolean(),
  /** When its store last showed it; null when it never did. */
  seenAt: z.iso.datetime().nullable(),
  bindings: z.array(BindingDocument),
  replacements: z.array(PlannedDocument),
  replaces: z.array(PlannedDocument),
  rejections: z.array(
    z.strictObject({ candidate: z.string(), reason: z.string(), detail: z.string() }),
  ),
});

/** What `certificate --json` prints: several where the name given fits several. */
export const CertificateDocument = z.strictObject({
  takenAt: z.iso.datetime().nullable(),
  certificates: z.array(OneCertificate),
});
export type CertificateDocument = z.infer<typeof CertificateDocument>;

type One = CertificateDocument['certificates'][number];

const day = 86_400_000;

export function certificateDocument(given: {
  readonly takenAt: Date | null;
  readonly now: Date;
  readonly views: readonly CertificateView[];
}): CertificateDocument {
  return {
    takenAt: given.takenAt?.toISOString() ?? null,
    certificates: given.views.map((view) => oneDocument(view, given.now)),
  };
}

function oneDocument(view: CertificateView, now: Date): One {
  const { account, id, known, bindings } = view;
  return {
    account,
    id,
    ...factsOf(view, now),
    severity: bindings.map(({ severity }) => severity).reduce(worse, 'ok'),
    listed: known?.absences === 0,
    seenAt: known?.seenAt.toISOString() ?? null,
    bindings: bindings.map(bindingDocument),
    replacements: view.replacements.map(plannedDocument),
    replaces: view.replaces.map(plannedDocument),
    rejections: view.rejections.map(({ candidate, reason, detail }) => ({
      candidate,
      reason,
      detail,
    })),
  };
}

type Facts = Omit<
  One,
  | 'account'
  | 'id'
  | 'severity'
  | 'listed'
  | 'seenAt'
  | 'bindings'
  | 'replacements'
  | 'replaces'
  | 'rejections'
>;

const nothingKnown: Facts = {
  label: '',
  site: null,
  fingerprint256: null,
  names: [],
  keyType: null,
  keyBits: null,
  issuer: null,
  selfSigned: null,
  notBefore: null,
  notAfter: null,
  daysLeft: null,
  revoked: false,
};

function factsOf({ certificate }: CertificateView, now: Date): Facts {
  if (certificate === null) return nothingKnown;
  const { label, site, fingerprint256, keyType, keyBits, issuer, selfSigned, revoked } =
    certificate;
  const { names, notBefore, notAfter } = certificate;
  return {
    label,
    site,
    fingerprint256,
    keyType,
    keyBits,
    issuer,
    selfSigned,
    revoked,
    names: [...names],
    notBefore: notBefore?.toISOString() ?? null,
    notAfter: notAfter?.toISOString() ?? null,
    daysLeft: notAfter === null ? null : Math.floor((notAfter.getTime() - now.getTime()) / day),
  };
}

function plannedDocument({ plan, waitsFor }: PlannedRotation): z.infer<typeof PlannedDocument> {
  const { ref, hash, from, to } = plan;
  const { region, loadBalancerId, listenerId } = ref;
  return {
    hash,
    region,
    loadBalancerId,
    listenerId,
    consoleUrl: consoleUrl(ref),
    from: from.id,
    to: to.id,
    toLabel: to.label,
    toNotAfter: to.notAfter?.toISOString() ?? null,
    waitsFor: waitsFor?.detail ?? null,
  };
}
