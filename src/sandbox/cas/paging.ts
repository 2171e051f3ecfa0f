import type { ReplyBody } from '../http/operation.ts';
import { integer } from '../http/parameters.ts';

/** Page-number paging, as the certificate service does it. */
export const pageParameters = {
  CurrentPage: integer(1, 1_000_000).optional(),
  ShowSize: integer(1, 1000).optional(),
};

export function pageOf<T>(
  all: readonly T[],
  request: { CurrentPage?: number | undefined; ShowSize?: number | undefined },
): { readonly rows: readonly T[]; readonly fields: ReplyBody } {
  const page = request.CurrentPage ?? 1;
  const size = request.ShowSize ?? 50;
  return {
    rows: all.slice((page - 1) * size, page * size),
    fields: { CurrentPage: page, ShowSize: size, TotalCount: all.length },
  };
}
