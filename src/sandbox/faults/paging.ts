import { z } from 'zod';
import { howOften, where } from './common.ts';

/**
 * The next pages after the first of a list action are not what should follow. `page` hands out the page before once more,
 * under a token of its own, and the right one after it; `token` hands out the right page and, as the way on, the token it
 * was asked with. Lists by page number know the first form only.
 */
const repeatPage = z.strictObject({
  kind: z.literal('repeat-page'),
  ...where,
  times: howOften,
  repeats: z.enum(['page', 'token']).default('page'),
});

export const pagingFaults = [repeatPage] as const;
