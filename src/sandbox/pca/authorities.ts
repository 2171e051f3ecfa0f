import { z } from 'zod';
import { passes } from '../cas/filters.ts';
import { requireSite } from '../cas/require.ts';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import { noCa } from './errors.ts';
import { numberedPage, pageParameters, tokenPage, tokenParameters } from './paging.ts';
import type { PrivateCa } from './private-cas.ts';
import { certificateFields, resourceGroup } from './shapes.ts';

const year = 365 * 24 * 3_600_000;
const quota = 1000;

/** The filters have spellings of their own for what the rows say in capitals. */
const describeCaCertificateList = operation(
  'DescribeCACertificateList',
  z.object({
    Identifier: text().optional(),
    CertType: z.enum(['root', 'subRoot', 'externalCa']).optional(),
    CaStatus: z.enum(['issue', 'forbidden', 'revoke']).optional(),
    ValidStatus: z.enum(['valid', 'notValid']).optional(),
    IssuerType: z.enum(['local', 'iTrusChina', 'external']).optional(),
    ResourceGroupId: text().optional(),
    ...pageParameters,
  }),
  (params, call) => {
    const now = call.world.clock.now();
    const found = newestFirst(call).filter(
      (ca) =>
        passes(params.Identifier, ca.identifier) &&
        passes(params.CertType, filterType(ca)) &&
        passes(params.CaStatus, filterStatus(ca)) &&
        passes(params.ValidStatus, validity(ca, now)) &&
        passes(params.IssuerType, 'local') &&
        passes(params.ResourceGroupId, resourceGroup),
    );
    const page = numberedPage(found, params, call);
    return { CertificateList: page.rows.map(listRow), ...page.fields };
  },
);

/** The metadata does not require Identifier, other descriptions do; without one the newest CA is meant, by choice. */
const describeCaCertificate = operation(
  'DescribeCACertificate',
  z.object({ Identifier: text().optional() }),
  (params, call) => {
    const { privateCas } = requireSite(call);
    const ca =
      params.Identifier === undefined ? newestFirst(call)[0] : privateCas.find(params.Identifier);
    if (ca === undefined || ca === null) throw refusalOf(noCa);
    const issued = privateCas
      .certificates()
      .filter((each) => each.parentIdentifier === ca.identifier).length;
    return { Certificate: detail(ca, issued), Years: yearsOf(ca) };
  },
);

const listPcaCaCertificate = operation(
  'ListPcaCaCertificate',
  z.object(tokenParameters),
  (params, call) => {
    const page = tokenPage(newestFirst(call), params, call);
    const { accountId } = call.world.credentials;
    const row = (ca: PrivateCa) => ({
      CertIdentifier: ca.identifier,
      CommonName: ca.facts.commonName,
      IssuerIdentifier: ca.parentIdentifier ?? ca.identifier,
      PrivateCaInstanceId: ca.instanceId,
      PrivateCaRegionId: call.region,
      Status: ca.revoked ? 'REVOKE' : 'ISSUE',
      UserId: accountId,
    });
    return { List: page.rows.map(row), ...page.fields };
  },
);

export const pcaAuthorities: readonly Operation[] = [
  describeCaCertificateList,
  describeCaCertificate,
  listPcaCaCertificate,
];

function newestFirst(call: Call): readonly PrivateCa[] {
  return requireSite(call).privateCas.all().toReversed();
}

function filterType(ca: PrivateCa): 'root' | 'subRoot' | 'externalCa' {
  return ca.parentIdentifier === null ? 'root' : 'subRoot';
}

function filterStatus(ca: PrivateCa): 'issue' | 'forbidden' | 'revoke' {
  return ca.revoked ? 'revoke' : 'issue';
}

function validity(ca: PrivateCa, now: number): 'valid' | 'notValid' {
  return ca.facts.notAfter > now ? 'valid' : 'notValid';
}

function common(ca: PrivateCa): ReplyBody {
  return {
    ...certificateFields(ca, ca.pem),
    CertificateType: ca.parentIdentifier === null ? 'ROOT' : 'SUB_ROOT',
    ...(ca.parentIdentifier === null ? {} : { ParentIdentifier: ca.parentIdentifier }),
    Sans: '',
    Years: yearsOf(ca),
  };
}

function listRow(ca: PrivateCa): ReplyBody {
  return { ...common(ca), Alias: ca.alias, Gift: 0, Trial: 0 };
}

function detail(ca: PrivateCa, issued: number): ReplyBody {
  return {
    ...common(ca),
    CaCertChain: ca.chain.join(''),
    CertTotalCount: quota,
    CertIssuedCount: issued,
    CertRemainingCount: quota - issued,
    CertMaxTime: yearsOf(ca),
    ClusterId: 'default',
    CrlDay: 90,
    CrlStatus: 'ACTIVE',
    CrlUrl: `http://crl.example.com/pca/${ca.identifier}.crl`,
    FullAlgorithm: `${ca.facts.algorithm}_${ca.facts.keySize}`,
    IssuerType: 'local',
    KeyIndex: 0,
    Tags: [{ TagKey: 'env', TagValue: 'prod' }],
  };
}

function yearsOf({ facts }: PrivateCa): number {
  return Math.round((facts.notAfter - facts.notBefore) / year);
}
