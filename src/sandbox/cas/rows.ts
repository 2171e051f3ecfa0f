import type { ReplyBody } from '../http/operation.ts';
import type { CertificateOrder } from './order-book.ts';
import { orderStatus } from './order-status.ts';
import type { CertificateSite, StoredCertificate } from './site.ts';
import { dateOnly } from './times.ts';

/** Whom certificates are said to be for. */
export const holder = {
  OrgName: 'Example Ltd',
  Country: 'CN',
  Province: 'Zhejiang',
  City: 'Hangzhou',
} as const;

/** A row of the list of certificates: days without a time, no status and no order. */
export function certificateRow(certificate: StoredCertificate, now: number): ReplyBody {
  const { facts } = certificate;
  return {
    CertificateId: certificate.id,
    Name: certificate.name,
    CommonName: facts.commonName,
    Sans: facts.names.join(','),
    SerialNo: facts.serialNumber,
    Fingerprint: facts.sha1.toUpperCase(),
    Sha2: facts.sha256.toUpperCase(),
    Issuer: facts.issuerCommonName,
    ...holder,
    StartDate: dateOnly(facts.notBefore),
    EndDate: dateOnly(facts.notAfter),
    Expired: facts.notAfter <= now,
    Upload: certificate.origin.kind === 'uploaded',
    InstanceId: certificate.instanceId,
    ResourceGroupId: certificate.resourceGroupId,
  };
}

/** A row of the list of orders: times in milliseconds, known once there is a certificate. */
export function orderRow(order: CertificateOrder, site: CertificateSite, now: number): ReplyBody {
  const { names, stage } = order;
  const wildcards = names.filter((name) => name.startsWith('*.')).length;
  return {
    InstanceId: order.instanceId,
    OrderId: order.id,
    AliyunOrderId: 2_340_000_000_000_000 + order.id,
    PartnerOrderId: `sandbox-${order.id}`,
    ProductCode: 'digicert-dv-1',
    ProductName: 'Sandbox DV',
    RootBrand: 'DigiCert',
    SourceType: order.kind.toLowerCase(),
    Status: orderStatus(order, site, now),
    Domain: names.join(','),
    DomainType: domainType(names.length, wildcards),
    DomainCount: names.length,
    WildDomainCount: wildcards,
    CertType: 'DV',
    Algorithm: order.algorithm,
    TrusteeStatus: 'unTrustee',
    BuyDate: order.boughtAt,
    ...(stage.kind === 'issued' ? validity(stage.certificate) : {}),
  };
}

function validity({ facts }: StoredCertificate): ReplyBody {
  return { CertStartTime: facts.notBefore, CertEndTime: facts.notAfter };
}

function domainType(names: number, wildcards: number): string {
  if (wildcards === 0) return names === 1 ? 'ONE' : 'MULTIPLE';
  if (wildcards < names) return 'MIX';
  return names === 1 ? 'WILDCARD' : 'M_WILDCARD';
}
