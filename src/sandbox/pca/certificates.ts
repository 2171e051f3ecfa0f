import { z } from 'zod';
import { passes } from '../cas/filters.ts';
import { requireSite } from '../cas/require.ts';
import { dateAndTime, fromHangzhou } from '../cas/times.ts';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import { badParameter } from './errors.ts';
import {
  defaultSize,
  numberedFields,
  numberedPage,
  pageParameters,
  tokenPage,
  tokenParameters,
} from './paging.ts';
import type { PrivateCertificate } from './private-cas.ts';
import { certificateFields, resourceGroup, subjectFrom } from './shapes.ts';
import { distinguishedName } from './subject.ts';

const day = 24 * 3_600_000;

const listClientCertificate = operation(
  'ListClientCertificate',
  z.object({
    Identifier: text().optional(),
    ResourceGroupId: text().optional(),
    ...pageParameters,
  }),
  (params, call) => {
    const found = newestFirst(call).filter(
      (each) =>
        passes(params.Identifier, each.identifier) && passes(params.ResourceGroupId, resourceGroup),
    );
    const { rows, fields } = numberedPage(found, params, call);
    return {
      CertificateList: rows.map((each) => clientRow(each, call)),
      ...fields,
      MaxResults: fields['ShowSize'],
    };
  },
);

const listParameters = z.object({
  InstanceUuid: text().optional(),
  BeforeDate: text().optional(),
  AfterDate: text().optional(),
  Status: z.enum(['ISSUE', 'REVOKE']).optional(),
  Type: z.enum(['SERVER', 'CLIENT', 'END_ENTITY']).optional(),
  ...pageParameters,
  ...tokenParameters,
});

/** Pages by token when one of its parameters is there, by number otherwise; the reply has the fields of both. */
const listCert = operation('ListCert', listParameters, (params, call) => {
  const found = newestFirst(call).filter((each) => isAsked(each, params));
  const byToken = params.NextToken !== undefined || params.MaxResults !== undefined;
  const page = byToken ? tokenPage(found, params, call) : numberedPage(found, params, call);
  return {
    List: page.rows.map((each) => listRow(each, call)),
    ...numberedFields(found.length, params),
    MaxResults: params.ShowSize ?? defaultSize,
    ...page.fields,
  };
});

export const pcaCertificates: readonly Operation[] = [listClientCertificate, listCert];

function newestFirst(call: Call): readonly PrivateCertificate[] {
  return requireSite(call).privateCas.certificates().toReversed();
}

/**
 * What the filters mean is INFERRED: the instance is the issuing CA, and the two dates hold the validity between them, as
 * in the rows: issued not before BeforeDate, expiring not after AfterDate.
 */
function isAsked(each: PrivateCertificate, params: z.output<typeof listParameters>): boolean {
  const from = dateOf(params.BeforeDate) ?? -Infinity;
  const until = dateOf(params.AfterDate) ?? Infinity;
  return (
    passes(params.InstanceUuid, each.parentIdentifier) &&
    passes(params.Status, each.revoked ? 'REVOKE' : 'ISSUE') &&
    passes(params.Type, each.type) &&
    from <= each.facts.notBefore &&
    each.facts.notAfter <= until
  );
}

function dateOf(sent: string | undefined): number | null {
  if (sent === undefined) return null;
  const millis = fromHangzhou(sent);
  if (millis === null) throw refusalOf(badParameter);
  return millis;
}

function clientRow(certificate: PrivateCertificate, call: Call): ReplyBody {
  const { facts } = certificate;
  return {
    ...certificateFields(certificate, issuerPem(certificate, call)),
    Id: certificate.id,
    AliasName: certificate.alias,
    CustomIdentifier: certificate.alias,
    CertificateType: certificate.type,
    ParentIdentifier: certificate.parentIdentifier,
    Days: Math.round((facts.notAfter - facts.notBefore) / day),
    Sans: sansOf(certificate),
  };
}

function listRow(certificate: PrivateCertificate, call: Call): ReplyBody {
  const { facts } = certificate;
  const subject = subjectFrom(facts.commonName, issuerPem(certificate, call));
  return {
    Id: certificate.id,
    Identifier: certificate.identifier,
    AliasName: certificate.alias,
    CustomIdentifier: certificate.alias,
    CertificateType: certificate.type,
    CommonName: facts.commonName,
    Organization: subject.organization,
    OrganizationUnit: subject.unit,
    SubjectDn: distinguishedName(subject),
    Status: certificate.revoked ? 'REVOKE' : 'ISSUE',
    SerialNumber: facts.serialNumber,
    Algorithm: facts.algorithm,
    KeyExportable: true,
    BeforeDate: dateAndTime(facts.notBefore),
    BeforeTime: facts.notBefore,
    AfterDate: dateAndTime(facts.notAfter),
    AfterTime: facts.notAfter,
    Extra: '{}',
    Tags: [],
  };
}

/** A JSON text in the reply: type 2 is a DNS name. */
function sansOf({ facts }: PrivateCertificate): string {
  return JSON.stringify(facts.names.map((name) => ({ Type: 2, Value: name })));
}

function issuerPem(certificate: PrivateCertificate, call: Call): string {
  return requireSite(call).privateCas.find(certificate.parentIdentifier)?.pem ?? certificate.pem;
}
