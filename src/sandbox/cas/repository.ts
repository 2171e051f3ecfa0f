import { z } from 'zod';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { signAlgorithmOf } from '../pca/subject.ts';
import { mentions, passes } from './filters.ts';
import { pageOf, pageParameters } from './paging.ts';
import { type RepositoryCertificate, warehouses } from './repository-store.ts';
import { requireSite } from './require.ts';

const day = 24 * 3_600_000;
const warehouseTypes = ['ssl', 'uploadPCA', 'free', 'aliyunPCA', 'disable'] as const;

const listCertWarehouse = operation(
  'ListCertWarehouse',
  z.object({
    Name: text().optional(),
    InstanceId: text().optional(),
    Type: z.enum(warehouseTypes).optional(),
    ...pageParameters,
  }),
  (params, call) => {
    const found = warehousesOf(call).filter(
      (each) =>
        passes(params.Name, each.name) &&
        passes(params.InstanceId, each.instanceId) &&
        passes(params.Type, each.type),
    );
    const page = pageOf(found, params, call);
    const until = call.world.clock.now() + 365 * day;
    return {
      CertWarehouseList: page.rows.map((each) => warehouseRow(each, until)),
      ...page.fields,
    };
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
    const found = requireSite(call)
      .repository()
      .filter(
        (each) =>
          passes(params.WarehouseId, each.warehouseId) &&
          passes(params.Status, statusOf(each)) &&
          passes(params.SourceType, each.source) &&
          passes(params.CertType, each.kind) &&
          mentions([each.facts.commonName, ...each.facts.names], params.KeyWord),
      );
    const page = pageOf(found.toReversed(), params, call);
    return { CertList: page.rows.map(certificateRow), ...page.fields };
  },
);

export const casRepository: readonly Operation[] = [listCertWarehouse, listCert];

interface Warehouse {
  readonly id: number;
  readonly name: string;
  readonly instanceId: string;
  readonly type: (typeof warehouseTypes)[number];
  readonly privateCaInstanceId: string;
}

/** Private CAs come over to a repository of the mainland site only. */
function warehousesOf(call: Call): readonly Warehouse[] {
  const uploaded: Warehouse = {
    ...warehouses.uploaded,
    type: 'uploadPCA',
    privateCaInstanceId: '',
  };
  if (call.region !== 'cn-hangzhou') return [uploaded];
  const privateCaInstanceId = requireSite(call).privateCas.all()[0]?.instanceId ?? '';
  return [uploaded, { ...warehouses.synced, type: 'aliyunPCA', privateCaInstanceId }];
}

function warehouseRow(warehouse: Warehouse, until: number): ReplyBody {
  return {
    WhId: warehouse.id,
    Name: warehouse.name,
    InstanceId: warehouse.instanceId,
    PcaInstanceId: warehouse.privateCaInstanceId,
    Type: warehouse.type,
    Qps: 10,
    EndTime: until,
    IsExpired: false,
  };
}

function statusOf({ revoked }: RepositoryCertificate): 'ISSUE' | 'REVOKE' {
  return revoked ? 'REVOKE' : 'ISSUE';
}

/** Here "before" is when a certificate was issued, and "after" when it expires. */
function certificateRow(certificate: RepositoryCertificate): ReplyBody {
  const { facts, warehouseId } = certificate;
  const home = warehouseId === warehouses.synced.id ? warehouses.synced : warehouses.uploaded;
  return {
    Identifier: certificate.identifier,
    WhId: warehouseId,
    WhInstanceId: home.instanceId,
    CommonName: facts.commonName,
    Sans: facts.names.join(','),
    Issuer: facts.issuerCommonName,
    CertType: certificate.kind,
    SourceType: certificate.source,
    Status: statusOf(certificate),
    ExistPrivateKey: certificate.hasKey,
    BeforeDate: facts.notBefore,
    AfterDate: facts.notAfter,
    Algorithm: facts.algorithm,
    SerialNo: facts.serialNumber,
    SignAlgorithm: signAlgorithmOf(certificate.pem),
  };
}
