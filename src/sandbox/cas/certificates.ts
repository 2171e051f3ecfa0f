import { z } from 'zod';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { flag, integer, text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import { type CertificateFacts, factsOf } from '../x509/facts.ts';
import { nameTaken, notDeletable } from './errors.ts';
import { checkedMaterial } from './material.ts';
import { requireCertificate, requireSite } from './require.ts';
import { holder } from './rows.ts';
import type { StoredCertificate } from './site.ts';
import { dateOnly, daysLeft } from './times.ts';

const largestId = Number.MAX_SAFE_INTEGER;
const pem = () => text({ max: 100_000 });

/** Tags of a new certificate. */
export const newTags = z
  .array(z.object({ Key: text(), Value: z.string().optional() }))
  .max(100)
  .optional();

/** The private key comes along unless CertFilter asks for it not to. */
const getUserCertificateDetail = operation(
  'GetUserCertificateDetail',
  z.object({ CertId: integer(1, largestId), CertFilter: flag().optional() }),
  (params, call) => {
    const found = requireCertificate(params.CertId, call);
    return { ...detail(found, call), ...(params.CertFilter === true ? {} : material(found)) };
  },
);

/** Of the three lengths that versions of the documentation give for a name (63, 64, 128), the middle one holds. */
const uploadUserCertificate = operation(
  'UploadUserCertificate',
  z.object({
    Name: text({ max: 64 }),
    Cert: pem().optional(),
    Key: pem().optional(),
    EncryptCert: pem().optional(),
    EncryptPrivateKey: pem().optional(),
    SignCert: pem().optional(),
    SignPrivateKey: pem().optional(),
    ResourceGroupId: text().optional(),
    Tags: newTags,
  }),
  (params, call) => {
    const site = requireSite(call);
    const checked = checkedMaterial(params);
    if (site.hasName(params.Name)) throw refusalOf(nameTaken);
    const stored = site.add({
      ...checked,
      name: params.Name,
      origin: 'uploaded',
      tags: tagsFrom(params.Tags),
    });
    return { CertId: stored.id, ResourceId: stored.instanceId };
  },
);

/** For uploaded and for expired certificates. One in use may be deleted: listeners keep serving the copy they have. */
const deleteUserCertificate = operation(
  'DeleteUserCertificate',
  z.object({ CertId: integer(1, largestId) }),
  (params, call) => {
    const found = requireCertificate(params.CertId, call);
    const expired = found.facts.notAfter <= call.world.clock.now();
    if (found.origin.kind === 'issued' && !expired) throw refusalOf(notDeletable);
    requireSite(call).delete(params.CertId);
    return {};
  },
);

export const casCertificates: readonly Operation[] = [
  getUserCertificateDetail,
  uploadUserCertificate,
  deleteUserCertificate,
];

export function tagsFrom(tags: z.output<typeof newTags>): StoredCertificate['tags'] {
  return (tags ?? []).map((tag) => ({ key: tag.Key, value: tag.Value ?? '' }));
}

/** The six fields that CertFilter withholds; a certificate has those of its kind. */
function material({ chain, keyPem, sm2 }: StoredCertificate): ReplyBody {
  return {
    ...(chain.length > 0 ? { Cert: chain.join('') } : {}),
    ...(keyPem === null ? {} : { Key: keyPem }),
    ...(sm2 === null
      ? {}
      : {
          SignCert: sm2.signCert,
          SignPrivateKey: sm2.signKey,
          EncryptCert: sm2.encryptCert,
          EncryptPrivateKey: sm2.encryptKey,
        }),
  };
}

function detail(certificate: StoredCertificate, call: Call): ReplyBody {
  const { facts, origin } = certificate;
  const now = call.world.clock.now();
  return {
    Id: certificate.id,
    CertIdentifier: certificate.identifier,
    Name: certificate.name,
    Common: facts.commonName,
    Sans: facts.names.join(','),
    SerialNo: facts.serialNumber,
    Fingerprint: facts.sha1.toUpperCase(),
    Sha2: facts.sha256.toUpperCase(),
    CertSha2: facts.sha256.toUpperCase(),
    Algorithm: certificate.sm2 === null ? facts.algorithm : 'SM2',
    Issuer: facts.issuerCommonName,
    ...holder,
    StartDate: dateOnly(facts.notBefore),
    EndDate: dateOnly(facts.notAfter),
    NotBefore: facts.notBefore,
    NotAfter: facts.notAfter,
    Expired: facts.notAfter <= now,
    BuyInAliyun: origin.kind === 'issued',
    ...(origin.kind === 'issued' ? { OrderId: origin.orderId } : {}),
    InstanceId: certificate.instanceId,
    ResourceGroupId: certificate.resourceGroupId,
    CertChain: certificate.chain.map((each) => chainRow(factsOf(each), now)),
    Tags: certificate.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
  };
}

function chainRow(facts: CertificateFacts, now: number): ReplyBody {
  return {
    CommonName: facts.commonName,
    IssuerCommonName: facts.issuerCommonName,
    NotBefore: facts.notBefore,
    NotAfter: facts.notAfter,
    RemainDay: daysLeft(facts.notAfter, now),
  };
}
