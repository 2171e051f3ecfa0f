import type { ReplyBody } from '../http/operation.ts';
import type { PrivateCa, PrivateCertificate } from './private-cas.ts';
import { distinguishedName, md5Of, type Subject, signAlgorithmOf, subjectOf } from './subject.ts';

export const resourceGroup = 'rg-acfmsandbox0001';

/**
 * What a CA and a certificate below one are described with alike. `holder` is the certificate whose subject tells the
 * organization: a leaf has the one of its issuer. Times are milliseconds: "before" is the start, "after" the end.
 */
export function certificateFields(
  certificate: PrivateCa | PrivateCertificate,
  holder: string,
): ReplyBody {
  const { facts, pem } = certificate;
  const subject = subjectFrom(facts.commonName, holder);
  return {
    Identifier: certificate.identifier,
    CommonName: facts.commonName,
    Organization: subject.organization,
    OrganizationUnit: subject.unit,
    Locality: subject.locality,
    State: subject.state,
    CountryCode: subject.country,
    SubjectDN: distinguishedName(subject),
    Status: certificate.revoked ? 'REVOKE' : 'ISSUE',
    SerialNumber: facts.serialNumber,
    Algorithm: facts.algorithm,
    KeySize: facts.keySize,
    SignAlgorithm: signAlgorithmOf(pem),
    BeforeDate: facts.notBefore,
    AfterDate: facts.notAfter,
    Sha2: facts.sha256,
    Md5: md5Of(pem),
    X509Certificate: pem,
    ResourceGroupId: resourceGroup,
  };
}

export function subjectFrom(commonName: string, holder: string): Subject {
  return { ...subjectOf(holder), commonName };
}
