import { createHash } from 'node:crypto';
import type { Call, RawParameters, ReplyBody } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { refusalOf } from '../refusal.ts';
import { badParameter } from './errors.ts';

const defaultSize = 20;

/** Paging by numbers. */
export const pageParameters = {
  CurrentPage: integer(1, 1_000_000).optional(),
  ShowSize: integer(1, 1000).optional(),
};

/** Paging by tokens. */
export const tokenParameters = {
  NextToken: text().optional(),
  MaxResults: integer(1, 2000).optional(),
};

interface NumberedRequest {
  readonly CurrentPage?: number | undefined;
  readonly ShowSize?: number | undefined;
}

interface TokenRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

interface Page<T> {
  readonly rows: readonly T[];
  readonly fields: ReplyBody;
}

export function numberedPage<T>(all: readonly T[], request: NumberedRequest): Page<T> {
  const page = request.CurrentPage ?? 1;
  const size = request.ShowSize ?? defaultSize;
  return {
    rows: all.slice((page - 1) * size, page * size),
    fields: {
      CurrentPage: page,
      ShowSize: size,
      PageCount: Math.ceil(all.length / size),
      TotalCount: all.length,
    },
  };
}

/** The page after the row a token names. The last page has no token. Refuses tokens of other queries. */
export function tokenPage<T extends { readonly identifier: string }>(
  all: readonly T[],
  request: TokenRequest,
  call: Call,
): Page<T> {
  const size = request.MaxResults ?? defaultSize;
  const query = fingerprintOf(call);
  const start = request.NextToken === undefined ? 0 : startAfter(request.NextToken, query, all);
  const rows = all.slice(start, start + size);
  const last = rows.at(-1);
  const more = last !== undefined && start + size < all.length;
  return {
    rows,
    fields: {
      MaxResults: size,
      TotalCount: all.length,
      ...(more ? { NextToken: tokenOf(query, last.identifier) } : {}),
    },
  };
}

function tokenOf(query: string, identifier: string): string {
  return Buffer.from(`${query} ${identifier}`).toString('hex');
}

function startAfter(
  token: string,
  query: string,
  all: readonly { readonly identifier: string }[],
): number {
  const at = all.findIndex(({ identifier }) => tokenOf(query, identifier) === token);
  if (at < 0) throw refusalOf(badParameter);
  return at + 1;
}

function fingerprintOf(call: Call): string {
  const { NextToken: _token, MaxResults: _size, ...filters }: RawParameters = call.raw;
  return createHash('sha256')
    .update(JSON.stringify([call.region, call.action, filters]))
    .digest('base64url')
    .slice(0, 12);
}
