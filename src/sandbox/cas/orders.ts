import { z } from 'zod';
import { type Call, operation, type ReplyBody } from '../http/operation.ts';
import { text } from '../http/parameters.ts';
import { pageOf, pageParameters } from './paging.ts';
import { requireSite } from './require.ts';
import type { StoredCertificate } from './site.ts';
import { certificateStatus, dateOnly } from './times.ts';

const parameters = z.object({
  OrderType: z.enum(['CPACK', 'BUY', 'UPLOAD', 'CERT']).optional(),
  Status: text().optional(),
  Keyword: z.string().optional(),
  ResourceGroupId: text().optional(),
  ...pageParameters,
});

type Parameters = z.output<typeof parameters>;

/**
 * Two lists in one: certificates for CERT and UPLOAD, orders otherwise. Certificates that have expired are left out unless
 * asked for by Status; orders of every status are listed. There are no purchase orders here.
 */
export const listUserCertificateOrder = operation(
  'ListUserCertificateOrder',
  parameters,
  (params, call) => {
    const type = params.OrderType ?? 'CPACK';
    const certificates = type === 'CERT' || type === 'UPLOAD';
    const found = requireSite(call)
      .all()
      .filter(
        (each) =>
          belongs(each, type) &&
          asked(each, params) &&
          inStatus(each, params.Status, call, certificates),
      )
      .toReversed();
    const page = pageOf(found, params);
    const row = certificates ? certificateRow : orderRow;
    return { CertificateOrderList: page.rows.map((each) => row(each, call)), ...page.fields };
  },
);

function belongs(
  certificate: StoredCertificate,
  type: NonNullable<Parameters['OrderType']>,
): boolean {
  switch (type) {
    case 'CERT':
      return true;
    case 'UPLOAD':
      return certificate.origin.kind === 'uploaded';
    case 'CPACK':
      return certificate.origin.kind === 'issued';
    case 'BUY':
      return false;
  }
}

function asked(certificate: StoredCertificate, params: Parameters): boolean {
  const keyword = params.Keyword ?? '';
  const searched = [
    certificate.name,
    certificate.instanceId,
    certificate.facts.commonName,
    ...certificate.facts.names,
  ];
  return (
    searched.some((value) => value.includes(keyword)) &&
    (params.ResourceGroupId === undefined || params.ResourceGroupId === certificate.resourceGroupId)
  );
}

function inStatus(
  certificate: StoredCertificate,
  wanted: string | undefined,
  call: Call,
  certificates: boolean,
): boolean {
  const status = certificateStatus(certificate.facts, call.world.clock.now());
  if (wanted !== undefined) return status === wanted;
  return !certificates || status !== 'EXPIRED';
}

function certificateRow(certificate: StoredCertificate, call: Call): ReplyBody {
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
    OrgName: 'Example Ltd',
    Country: 'CN',
    Province: 'Zhejiang',
    City: 'Hangzhou',
    StartDate: dateOnly(facts.notBefore),
    EndDate: dateOnly(facts.notAfter),
    Expired: facts.notAfter <= call.world.clock.now(),
    Upload: certificate.origin.kind === 'uploaded',
    InstanceId: certificate.instanceId,
    ResourceGroupId: certificate.resourceGroupId,
  };
}

function orderRow(certificate: StoredCertificate, call: Call): ReplyBody {
  const { facts, origin } = certificate;
  const wildcards = facts.names.filter((name) => name.startsWith('*.')).length;
  const orderId = origin.kind === 'issued' ? origin.orderId : 0;
  return {
    InstanceId: certificate.instanceId,
    OrderId: orderId,
    AliyunOrderId: 2_340_000_000_000_000 + orderId,
    PartnerOrderId: `sandbox-${orderId}`,
    ProductCode: 'digicert-dv-1',
    ProductName: 'Sandbox DV',
    RootBrand: 'DigiCert',
    SourceType: 'cpack',
    Status: certificateStatus(facts, call.world.clock.now()),
    Domain: facts.names.join(','),
    DomainType: domainType(facts.names.length, wildcards),
    DomainCount: facts.names.length,
    WildDomainCount: wildcards,
    CertType: 'DV',
    Algorithm: facts.algorithm,
    TrusteeStatus: 'unTrustee',
    BuyDate: facts.notBefore,
    CertStartTime: facts.notBefore,
    CertEndTime: facts.notAfter,
  };
}

function domainType(names: number, wildcards: number): string {
  if (wildcards === 0) return names === 1 ? 'ONE' : 'MULTIPLE';
  if (wildcards < names) return 'MIX';
  return names === 1 ? 'WILDCARD' : 'M_WILDCARD';
}
