import { z } from 'zod';
import type { Assessment, Stock } from '../domain/assessment.ts';
import type { Missing, ServedAt } from '../domain/inventory.ts';
import { consoleUrl } from './console-url.ts';

const ServedDocument = z.strictObject({
  zone: z.string(),
  address: z.string(),
  serverName: z.string().nullable(),
  fingerprint256: z.string().nullable(),
  protocol: z.string().nullable(),
  error: z.string().optional(),
});

/** Every finding has a `kind`; the facts beside it depend on the kind (docs/operations.md). */
const FindingDocument = z.looseObject({ kind: z.string() });

const BindingDocument = z.strictObject({
  account: z.string(),
  region: z.string(),
  product: z.enum(['nlb', 'alb']),
  loadBalancerId: z.string(),
  loadBalancerName: z.string(),
  vpcId: z.string().nullable(),
  listenerId: z.string(),
  listenerDescription: z.string(),
  tags: z.record(z.string(), z.string()),
  owner: z.string(),
  consoleUrl: z.string(),
  port: z.int(),
  slot: z.enum(['default', 'additional', 'ca']),
  certificateId: z.string(),
  fingerprint256: z.string().nullable(),
  names: z.array(z.string()),
  notAfter: z.iso.datetime().nullable(),
  daysLeft: z.int().nullable(),
  severity: z.enum(['ok', 'info', 'warning', 'critical', 'expired']),
  seenAt: z.iso.datetime(),
  findings: z.array(FindingDocument),
  served: z.array(ServedDocument),
});

const MissingDocument = z.strictObject({
  account: z.string(),
  region: z.string(),
  action: z.string(),
  code: z.string(),
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

function bindingDocument(assessment: Assessment): ScanDocument['bindings'][number] {
  const { listener, certificate } = assessment;
  const { account, region, product, loadBalancerId, listenerId } = listener.ref;
  return {
    account,
    region,
    product,
    loadBalancerId,
    loadBalancerName: listener.loadBalancerName,
    vpcId: listener.vpcId,
    listenerId,
    listenerDescription: listener.description,
    tags: { ...listener.tags },
    owner: listener.owner.kind,
    consoleUrl: consoleUrl(listener.ref),
    port: listener.port,
    slot: assessment.slot,
    certificateId: assessment.certificateId,
    fingerprint256: certificate?.fingerprint256 ?? null,
    names: [...(certificate?.names ?? [])],
    notAfter: certificate?.notAfter?.toISOString() ?? null,
    daysLeft: assessment.daysLeft,
    severity: assessment.severity,
    seenAt: assessment.seenAt.toISOString(),
    findings: assessment.findings.map((finding) => ({ ...finding })),
    served: assessment.served.map(servedDocument),
  };
}

function servedDocument({
  zone,
  address,
  port,
  serverName,
  observation,
}: ServedAt): z.infer<typeof ServedDocument> {
  const where = { zone, address: `${address}:${port}`, serverName };
  if (observation.kind === 'failed') {
    return { ...where, fingerprint256: null, protocol: null, error: observation.reason };
  }
  const { leaf, protocol } = observation;
  return { ...where, fingerprint256: leaf.fingerprint256, protocol };
}

function missingDocument(missing: Missing): ScanDocument['missing'][number] {
  const { account, region, action, code, listener } = missing;
  return { account, region, action, code, listenerId: listener?.listenerId ?? null };
}
