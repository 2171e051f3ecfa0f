import { z } from 'zod';

/** How many times a fault strikes before it is spent. */
export const howOften = z.union([z.int().min(1), z.literal('always')]).default(1);

/** Which calls a fault is about: an action (or `*`), optionally of one product or region only. */
export const where = {
  action: z.string().min(1),
  product: z.string().min(1).optional(),
  region: z.string().min(1).optional(),
};

export interface CallPlace {
  readonly action: string;
  readonly product: string;
  readonly region: string;
}

interface PlaceFilter {
  readonly action: string;
  readonly product?: string | undefined;
  readonly region?: string | undefined;
}

export function strikes(filter: PlaceFilter, place: CallPlace): boolean {
  return (
    (filter.action === '*' || filter.action === place.action) &&
    (filter.product === undefined || filter.product === place.product) &&
    (filter.region === undefined || filter.region === place.region)
  );
}
