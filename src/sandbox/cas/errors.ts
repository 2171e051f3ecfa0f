import type { DocumentedError, DocumentedErrors } from '../http/documented.ts';

/*
 * The certificate service publishes no error codes. These are known from clients that look for them; which status they
 * come with, and the wording, is INFERRED throughout.
 */

export const noCertificate: DocumentedError = {
  code: 'NotFound',
  status: 404,
  message: 'The specified certificate is not found.',
  arises: 'state',
  when: 'when CertId names no certificate of this site; code from clients, status and message INFERRED',
};

export const noOrder: DocumentedError = {
  code: 'NotFound',
  status: 404,
  message: 'The specified order is not found.',
  arises: 'state',
  when: 'when OrderId names no order of this site; clients know the code for certificates, here INFERRED',
};

export const nameTaken: DocumentedError = {
  code: 'NameRepeat',
  status: 400,
  message: 'The specified certificate name already exists.',
  arises: 'state',
  when: 'when another certificate of this site has the name; the rule is documented, the code INFERRED',
};

export const badMaterial: DocumentedError = {
  code: 'InvalidParameter',
  status: 400,
  message: 'The specified certificate or private key is not valid.',
  arises: 'state',
  when: 'when a certificate or key cannot be read, or they do not belong together; INFERRED',
};

export const badRequest: DocumentedError = {
  code: 'InvalidParameter',
  status: 400,
  message: 'The specified CSR is not valid.',
  arises: 'state',
  when: 'when Csr cannot be read, or its key is neither RSA of 2,048 bits or more nor ECC; code INFERRED',
};

export const notExpiring: DocumentedError = {
  code: 'OperationDenied.StatusNotSupport',
  status: 400,
  message: 'The operation is not supported in the current status of the order.',
  arises: 'state',
  when: 'when the order is not WILLEXPIRED; the rule is documented, clients know the code, the two together INFERRED',
};

export const notAPackage: DocumentedError = {
  code: 'NotApplicable',
  status: 400,
  message: 'The operation is not applicable to the order.',
  arises: 'state',
  when: 'when the order was bought singly, not in a package; code from clients, the occasion INFERRED',
};

export const notDeletable: DocumentedError = {
  code: 'OperationDenied.StatusNotSupport',
  status: 400,
  message: 'The operation is not supported in the current status of the certificate.',
  arises: 'state',
  when: 'when the certificate is neither uploaded nor expired; the rule is documented, the code INFERRED',
};

const updateProtection: DocumentedError = {
  code: 'InvalidStatus.UpdateProtection',
  status: 400,
  message: 'The certificate is under update protection.',
  arises: 'order',
  when: 'nothing says what brings it about: clients have seen it; status and message INFERRED',
};

export const casErrors: DocumentedErrors = {
  ListUserCertificateOrder: [],
  GetUserCertificateDetail: [noCertificate],
  UploadUserCertificate: [nameTaken, badMaterial],
  DeleteUserCertificate: [noCertificate, notDeletable, updateProtection],
  DescribeCertificateState: [noOrder],
  RenewCertificateOrderForPackageRequest: [noOrder, notExpiring, notAPackage, badRequest],
  ListCert: [],
  ListCertWarehouse: [],
};
