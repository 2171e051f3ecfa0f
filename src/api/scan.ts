import { z } from 'zod';
import type { Assessment, Stock } from '../domain/assessment.ts';
import type { Millis } from '../domain/certificate.ts';
import type { Finding } from '../domain/findings.ts';
import type { Missing, ServedAt } from '../domain/inventory.ts';
import type { ListenerState } from '../domain/listener.ts';
import { partOf } from '../domain/merge.ts';
import type { Thresholds } from '../domain/policy.ts';
import { cappedThresholds } from '../domain/threshold.ts';
import { adviceOn } from '../messages/advice.ts';
import { namingOf, namingShape } from './naming.ts';

const ServedDocument = z.strictObject({
  zone: z.string(),
  address: z.string(),
  serverName: z.string().nullable(),
  /** Which kind of server key was asked for. */
  keyType: z.enum(['any', 'rsa', 'ecdsa']),
  /** False: the zone has left DNS, no client is sent there. */
  active: z.boolean(),
  fingerprint256: z.string().nullable(),
  protocol: z.string().nullable(),
  error: z.string().optional(),
});

/** `advice` is a sentence that says what to do; the facts beside it depend on the kind (docs/commands.md). */
const FindingDocument = z.looseObject({ kind: z.string(), advice: z.string() });

/** Seconds before the end at which each severity starts for this certificate. */
const ThresholdsDocument = z.strictObject({
  info: z.number(),
  warning: z.number(),
  critical: z.number(),
});

export const BindingDocument = z.strictObject({
  account: z.string(),
  region: z.string(),
  product: z.enum(['nlb', 'alb']),
  loadBalancerId: z.string(),
  ...namingShape,
  vpcId: z.string().nullable(),
  listenerId: z.string(),
  port: z.int(),
  status: z.enum(['running', 'changing', 'stopped', 'gone']),
  slot: z.enum(['default', 'additional', 'ca']),
  certificateId: z.string(),
  /** The name that the certificate has in its store; empty when that is not known. */
  certificateLabel: z.string(),
  fingerprint256: z.string().nullable(),
  names: z.array(z.string()),
  notAfter: z.iso.datetime().nullable(),
  daysLeft: z.int().nullable(),
  severity: z.enum(['ok', 'info', 'warning', 'critical', 'expired']),
  policy: z.string(),
  /** The TLS policy of the listener, by its id. */
  tlsPolicy: z.string(),
  /** Of the load balancer, all its listeners together. */
  additionalCertificates: z.strictObject({ used: z.int(), limit: z.int().nullable() }),
  thresholds: ThresholdsDocument,
  seenAt: z.iso.datetime(),
  findings: z.array(FindingDocument),
  served: z.array(ServedDocument),
});

export const MissingDocument = z.strictObject({
  account: z.string(),
  region: z.string(),
  /** What `region` names: a region of load balancers or a store site. */
  part: z.enum(['listeners', 'certificates']),
  action: z.string(),
  code: z.string(),
  /** Set when only this load balancer is hidden, or only a listener on it. */
  loadBalancerId: z.string().nullable(),
  listenerId: z.string().nullable(),
});

/** What `scan --json` and `status --json` print. */
export const ScanDocument = z.strictObject({
  takenAt: z.iso.datetime().nullable(),
  bindings: z.array(BindingDocument),
  missing: z.array(MissingDocument),
});
export type ScanDocument = z.infer<typeof ScanDocument>;

export function scanDocument(stock: Stock): ScanDocument {
  return {
    takenAt: stock.takenAt?.toISOString() ?? null,
    bindings: stock.bindings.map(bindingDocument),
    missing: stock.missing.map(missingDocument),
  };
}

export function bindingDocument(assessment: Assessment): ScanDocument['bindings'][number] {
  const { listener } = assessment;
  const { account, region, product, loadBalancerId, listenerId } = listener.ref;
  return {
    account,
    region,
    product,
    loadBalancerId,
    ...namingOf(listener),
    vpcId: listener.vpcId,
    listenerId,
    port: listener.port,
    status: listener.status,
    slot: assessment.slot,
    certificateId: assessment.certificateId,
    ...certificateFacts(assessment),
    daysLeft: assessment.daysLeft,
    severity: assessment.severity,
    policy: assessment.policy.name,
    tlsPolicy: listener.tlsPolicy,
    additionalCertificates: assessment.quota,
    thresholds: thresholdsDocument(assessment),
    seenAt: assessment.seenAt.toISOString(),
    findings: assessment.findings.map(findingDocument),
    served: assessment.served.map((look) => servedDocument(look, listener)),
  };
}

function certificateFacts({
  certificate,
}: Assessment): Pick<
  z.infer<typeof BindingDocument>,
  'certificateLabel' | 'fingerprint256' | 'names' | 'notAfter'
> {
  if (certificate === null)
    return { certificateLabel: '', fingerprint256: null, names: [], notAfter: null };
  const { label, fingerprint256, names, notAfter } = certificate;
  return {
    certificateLabel: label,
    fingerprint256,
    names: [...names],
    notAfter: notAfter?.toISOString() ?? null,
  };
}

/** Capped by the life of the certificate where that is known. */
function thresholdsDocument({ policy, certificate }: Assessment): Thresholds {
  const notAfter = certificate?.notAfter ?? null;
  const { info, warning, critical } =
    certificate === null || notAfter === null
      ? policy.thresholds
      : cappedThresholds(policy.thresholds, { ...certificate, notAfter });
  return { info: seconds(info), warning: seconds(warning), critical: seconds(critical) };
}

function seconds(millis: Millis): number {
  return Math.floor(millis / 1000);
}

function findingDocument(finding: Finding): z.infer<typeof FindingDocument> {
  const facts = Object.entries(finding).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return { ...Object.fromEntries(facts), kind: finding.kind, advice: adviceOn(finding) };
}

function servedDocument(
  { zone, address, port, serverName, keyType, observation }: ServedAt,
  { endpoints }: Pick<ListenerState, 'endpoints'>,
): z.infer<typeof ServedDocument> {
  const active = endpoints.some(
    (endpoint) => endpoint.active && endpoint.address === address && endpoint.port === port,
  );
  const where = { zone, address: `${address}:${port}`, serverName, keyType, active };
  if (observation.kind === 'failed') {
    return { ...where, fingerprint256: null, protocol: null, error: observation.reason };
  }
  const { leaf, protocol } = observation;
  return { ...where, fingerprint256: leaf.fingerprint256, protocol };
}

export function missingDocument(missing: Missing): ScanDocument['missing'][number] {
  const { account, region, action, code, listener } = missing;
  const listenerId = listener?.listenerId ?? null;
  const loadBalancerId = missing.loadBalancerId ?? listener?.loadBalancerId ?? null;
  return { account, region, part: partOf(missing), action, code, loadBalancerId, listenerId };
}
