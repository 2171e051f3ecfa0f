import type { Rate, RateTable } from '../http/rate.ts';

const slow: Rate = { calls: 10, millis: 1000 };
const fast: Rate = { calls: 100, millis: 1000 };

/** From the remarks on each action; those without one are taken for the kind they are like. */
export const casRates: RateTable = {
  ListUserCertificateOrder: slow,
  GetUserCertificateDetail: fast,
  UploadUserCertificate: fast,
  DeleteUserCertificate: fast,
  ListCert: slow,
  ListCertWarehouse: slow,
  DescribeCertificateState: slow,
  RenewCertificateOrderForPackageRequest: slow,
};
