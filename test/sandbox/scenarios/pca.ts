import type { Scenarios } from './scenario.ts';

/** How each error that the private CA service answers by itself is met. */
export const pcaScenarios: Scenarios = {
  'DescribeCACertificate NotFound': (stage) =>
    stage.call('pca', 'DescribeCACertificate', { Identifier: 'nobody' }),
  'ListCert InvalidParameter': (stage) => stage.call('pca', 'ListCert', { AfterDate: 'tomorrow' }),
  'ListPcaCaCertificate InvalidParameter': (stage) =>
    stage.call('pca', 'ListPcaCaCertificate', { NextToken: 'made-up' }),
};
