import { casApi } from './cas/api.ts';
import { siteNames } from './cas/site.ts';
import { cmsApi } from './cms/api.ts';
import type { ProductApi } from './http/operation.ts';
import { nlbApi } from './nlb/api.ts';
import { pcaApi } from './pca/api.ts';
import { stsApi } from './sts/api.ts';

/** A product's API and the regions it answers in: those of the seed, or sites of its own. */
interface OfferedProduct {
  readonly api: ProductApi;
  readonly regions: 'of the seed' | readonly string[];
}

/** Everything that has an endpoint. A new product is one line here. */
export const products: readonly OfferedProduct[] = [
  { api: nlbApi, regions: 'of the seed' },
  { api: casApi, regions: siteNames },
  { api: pcaApi, regions: siteNames },
  { api: cmsApi, regions: 'of the seed' },
  { api: stsApi, regions: 'of the seed' },
];
