import { createHash } from 'node:crypto';
import { z } from 'zod';
import { operation, type ReplyBody } from '../http/operation.ts';
import { integer } from '../http/parameters.ts';
import type { CertificateOrder, ValidationMethod } from './order-book.ts';
import { requireOrder } from './require.ts';
import type { StoredCertificate } from './site.ts';

/** How far an order is; each state has fields of its own. */
export const describeCertificateState = operation(
  'DescribeCertificateState',
  z.object({ OrderId: integer(1, Number.MAX_SAFE_INTEGER) }),
  (params, call) => {
    const order = requireOrder(params.OrderId, call);
    const { stage } = order;
    switch (stage.kind) {
      case 'payed':
      case 'process':
        return { Type: stage.kind };
      case 'domain-verify':
        return { Type: 'domain_verify', ...proofOf(order, stage.method) };
      case 'verify-fail':
        return { Type: 'verify_fail' };
      case 'unknown':
        return { Type: 'unknow' };
      case 'issued':
        return { Type: 'certificate', ...materialOf(stage.certificate) };
    }
  },
);

/** Without the key when the customer has it. */
function materialOf({ id, chain, keyPem }: StoredCertificate): ReplyBody {
  return {
    Certificate: chain.join(''),
    ...(keyPem === null ? {} : { PrivateKey: keyPem }),
    CertId: String(id),
  };
}

/** What the customer has to publish to show that the first name is theirs. */
function proofOf(order: CertificateOrder, method: ValidationMethod): ReplyBody {
  const domain = (order.names[0] ?? '').replace(/^\*\./, '');
  const token = createHash('sha256').update(`proof of ${order.id} ${domain}`).digest('hex');
  switch (method) {
    case 'TXT':
    case 'CNAME':
      return {
        ValidateType: 'DNS',
        RecordType: method,
        RecordDomain: '_dnsauth',
        RecordValue: method === 'TXT' ? token : `${token.slice(0, 32)}.dcv.example.net`,
      };
    case 'FILE':
      return {
        ValidateType: 'FILE',
        Domain: domain,
        Uri: '/.well-known/pki-validation/fileauth.txt',
        Content: token,
      };
  }
}
