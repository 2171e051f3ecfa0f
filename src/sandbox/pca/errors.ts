import type { DocumentedError, DocumentedErrors } from '../http/documented.ts';

export const noCa: DocumentedError = {
  code: 'NotFound',
  status: 404,
  message: 'The specified CA certificate is not found.',
  arises: 'state',
  when: 'when Identifier names no CA of this site; no codes are published: INFERRED from certificates',
};

export const badParameter: DocumentedError = {
  code: 'InvalidParameter',
  status: 400,
  message: 'The specified parameter is not valid.',
  arises: 'state',
  when: 'for a NextToken that the action did not give for the same filters, or a date it cannot read; INFERRED',
};

export const pcaErrors: DocumentedErrors = {
  DescribeCACertificateList: [],
  DescribeCACertificate: [noCa],
  ListClientCertificate: [],
  ListCert: [badParameter],
  ListPcaCaCertificate: [badParameter],
};
