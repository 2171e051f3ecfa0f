import { z } from 'zod';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { pageOf, pageParameters } from './paging.ts';
import { requireSite } from './require.ts';
import type { RepositoryCertificate } from './site.ts';

/** Every site has one repository, for CA certificates the customer brought. */
const warehouse = { id: 12, name: 'uploaded-ca', instanceId: 'cas-wh-sandbox0001' } as const;
const day = 24 * 3_600_000;

const listCertWarehouse = operation(
  'ListCertWarehouse',
  z.object({
    Name: text().optional(),
    InstanceId: text().optional(),
    Type: z.enum(['ssl', 'uploadPCA', 'free', 'aliyunPCA', 'disable']).optional(),
    ...pageParameters,
  }),
  (params, call) => {
    const only: ReplyBody = {
      WhId: warehouse.id,
      Name: warehouse.name,
      InstanceId: warehouse.instanceId,
      PcaInstanceId: '',
      Type: 'uploadPCA',
      Qps: 10,
      EndTime: call.world.clock.now() + 365 * day,
      IsExpired: false,
    };
    const wanted =
      (params.Name ?? warehouse.name) === warehouse.name &&
      (params.InstanceId ?? warehouse.instanceId) === warehouse.instanceId &&
      (params.Type ?? 'uploadPCA') === 'uploadPCA';
    const page = pageOf(wanted ? [only] : [], params);
    return { CertWarehouseList: page.rows, ...page.fields };
  },
);

const listCert = operation(
  'ListCert',
  z.object({
    WarehouseId: integer(1, Number.MAX_SAFE_INTEGER).optional(),
    KeyWord: z.string().optional(),
    Status: z.enum(['ISSUE', 'REVOKE']).optional(),
    SourceType: z.enum(['upload', 'aliyun']).optional(),
    CertType: z.enum(['CA', 'CERT']).optional(),
    ...pageParameters,
  }),
  (params, call) => {
    const nothing =
      params.Status === 'REVOKE' || params.SourceType === 'aliyun' || params.CertType === 'CERT';
    const found = nothing ? [] : repositoryOf(call).filter((each) => asked(each, params));
    const page = pageOf(found, params);
    return { CertList: page.rows.map(row), ...page.fields };
  },
);

export const casRepository: readonly Operation[] = [listCertWarehouse, listCert];

function repositoryOf(call: Call): readonly RepositoryCertificate[] {
  return requireSite(call).repository();
}

function asked(
  certificate: RepositoryCertificate,
  params: { WarehouseId?: number | undefined; KeyWord?: string | undefined },
): boolean {
  return (
    (params.WarehouseId ?? certificate.warehouseId) === certificate.warehouseId &&
    certificate.facts.commonName.includes(params.KeyWord ?? '')
  );
}

function row(certificate: RepositoryCertificate): ReplyBody {
  const { facts } = certificate;
  return {
    Identifier: certificate.identifier,
    WhId: certificate.warehouseId,
    WhInstanceId: warehouse.instanceId,
    CommonName: facts.commonName,
    Sans: facts.names.join(','),
    Issuer: facts.issuerCommonName,
    CertType: 'CA',
    SourceType: 'upload',
    Status: 'ISSUE',
    ExistPrivateKey: false,
    BeforeDate: facts.notBefore,
    AfterDate: facts.notAfter,
    Algorithm: facts.algorithm,
    SerialNo: facts.serialNumber,
    SignAlgorithm: 'SHA256WITHECDSA',
  };
}
