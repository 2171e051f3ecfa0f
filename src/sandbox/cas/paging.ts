import { pageHandedOut } from '../faults/repeated-pages.ts';
import type { Call, ReplyBody } from '../http/operation.ts';
import { integer } from '../http/parameters.ts';

/** Page-number paging, as the certificate service does it. */
export const pageParameters = {
  CurrentPage: integer(1, 1_000_000).optional(),
  ShowSize: integer(1, 1000).optional(),
};

export function pageOf<T>(
  all: readonly T[],
  request: { CurrentPage?: number | undefined; ShowSize?: number | undefined },
  { world, region, action }: Call,
): { readonly rows: readonly T[]; readonly fields: ReplyBody } {
  const page = request.CurrentPage ?? 1;
  const size = request.ShowSize ?? 50;
  const shown = pageHandedOut(world.faults, { product: 'cas', region, action }, page);
  return {
    rows: all.slice((shown - 1) * size, shown * size),
    fields: { CurrentPage: page, ShowSize: size, TotalCount: all.length },
  };
}
