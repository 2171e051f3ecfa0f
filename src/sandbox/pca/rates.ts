import type { Rate, RateTable } from '../http/rate.ts';

const each: Rate = { calls: 10, millis: 1000 };

/** DescribeCACertificateList has this limit documented; the others are taken to have the same. */
export const pcaRates: RateTable = {
  DescribeCACertificateList: each,
  DescribeCACertificate: each,
  ListClientCertificate: each,
  ListCert: each,
  ListPcaCaCertificate: each,
};
