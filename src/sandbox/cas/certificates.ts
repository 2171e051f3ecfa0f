import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { flag, integer, text } from '../http/parameters.ts';
import { type CertificateFacts, factsOf, pemBlocks } from '../x509/facts.ts';
import { requireCertificate, requireSite } from './require.ts';
import type { StoredCertificate } from './site.ts';
import { dateOnly, daysLeft } from './times.ts';

const largestId = Number.MAX_SAFE_INTEGER;
const pem = () => text({ max: 100_000 });

/** The private key comes along unless CertFilter asks for it not to. */
const getUserCertificateDetail = operation(
  'GetUserCertificateDetail',
  z.object({ CertId: integer(1, largestId), CertFilter: flag().optional() }),
  (params, call) => {
    const found = requireCertificate(params.CertId, call);
    const material =
      params.CertFilter === true ? {} : { Cert: found.chain.join(''), Key: found.keyPem };
    return { ...detail(found, call), ...material };
  },
);

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
    Tags: z
      .array(z.object({ Key: text(), Value: z.string().optional() }))
      .max(100)
      .optional(),
  }),
  (params, call) => {
    const site = requireSite(call);
    const chain = checkedChain(params.Cert, params.Key);
    if (site.all().some((each) => each.name === params.Name)) {
      throw new ApiError('NameRepeat', 'The specified certificate name already exists.');
    }
    const stored = site.add({
      name: params.Name,
      chain,
      keyPem: params.Key ?? '',
      origin: 'uploaded',
      tags: (params.Tags ?? []).map((tag) => ({ key: tag.Key, value: tag.Value ?? '' })),
    });
    return { CertId: stored.id, ResourceId: stored.instanceId };
  },
);

/** A certificate in use may be deleted: listeners keep serving the copy they have. */
const deleteUserCertificate = operation(
  'DeleteUserCertificate',
  z.object({ CertId: integer(1, largestId) }),
  (params, call) => {
    requireCertificate(params.CertId, call);
    requireSite(call).delete(params.CertId);
    return {};
  },
);

export const casCertificates: readonly Operation[] = [
  getUserCertificateDetail,
  uploadUserCertificate,
  deleteUserCertificate,
];

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
    Algorithm: facts.algorithm,
    Issuer: facts.issuerCommonName,
    OrgName: 'Example Ltd',
    Country: 'CN',
    Province: 'Zhejiang',
    City: 'Hangzhou',
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

/** The uploaded chain, leaf first. Refused when it cannot be read or the key belongs to another certificate. */
function checkedChain(cert: string | undefined, key: string | undefined): readonly string[] {
  const chain = pemBlocks(cert ?? '');
  const leaf = chain[0];
  if (leaf === undefined || key === undefined || !belongTogether(leaf, key)) {
    throw new ApiError(
      'InvalidParameter',
      'The specified certificate or private key is not valid.',
    );
  }
  return chain;
}

function belongTogether(leaf: string, key: string): boolean {
  try {
    return new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
