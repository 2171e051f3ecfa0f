import { createHash } from 'node:crypto';
import type { CallPlace } from '../faults/common.ts';
import { pageHandedOut, spoiltPage } from '../faults/repeated-pages.ts';
import type { Call, RawParameters, ReplyBody } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import { badParameter } from './errors.ts';

export const defaultSize = 20;

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

export function numberedPage<T>(all: readonly T[], request: NumberedRequest, call: Call): Page<T> {
  const fields = numberedFields(all.length, request);
  const shown = pageHandedOut(call.world.faults, placeOf(call), fields.CurrentPage);
  const end = shown * fields.ShowSize;
  return { rows: all.slice(end - fields.ShowSize, end), fields };
}

export function numberedFields(count: number, request: NumberedRequest) {
  const size = request.ShowSize ?? defaultSize;
  return {
    CurrentPage: request.CurrentPage ?? 1,
    ShowSize: size,
    PageCount: Math.ceil(count / size),
    TotalCount: count,
  };
}

/** The page after the row a token names. The last page has no token. Refuses tokens of other queries. */
export function tokenPage<T extends { readonly identifier: string }>(
  all: readonly T[],
  { NextToken: asked, MaxResults: size = defaultSize }: TokenRequest,
  call: Call,
): Page<T> {
  const query = fingerprintOf(call);
  const { start, lap } = asked === undefined ? beginning : placeAfter(asked, query, all);
  const spoilt = asked === undefined ? null : spoiltPage(call.world.faults, placeOf(call));
  const end = spoilt === 'page' ? start : start + size;
  const rows = all.slice(Math.max(0, end - size), end);
  const last = end < all.length ? rows.at(-1) : undefined;
  const next = last && tokenOf(query, last.identifier, spoilt === 'page' ? lap + 1 : 0);
  const NextToken = spoilt === 'token' ? asked : next;
  return {
    rows,
    fields: {
      MaxResults: size,
      TotalCount: all.length,
      ...(NextToken === undefined ? {} : { NextToken }),
    },
  };
}

const beginning = { start: 0, lap: 0 } as const;

/** `lap` makes the token of a page that is handed out once more differ from the one before. */
function tokenOf(query: string, identifier: string, lap: number): string {
  return Buffer.from(`${query} ${identifier} ${lap}`).toString('hex');
}

function placeAfter(
  token: string,
  query: string,
  all: readonly { readonly identifier: string }[],
): { readonly start: number; readonly lap: number } {
  const [of, last, lap] = Buffer.from(token, 'hex').toString().split(' ');
  const at = all.findIndex(({ identifier }) => identifier === last);
  if (of !== query || at < 0) throw refusalOf(badParameter);
  return { start: at + 1, lap: Number(lap) };
}

function placeOf({ region, action }: Call): CallPlace {
  return { product: 'pca', region, action };
}

function fingerprintOf(call: Call): string {
  const { NextToken: _token, MaxResults: _size, ...filters }: RawParameters = call.raw;
  return createHash('sha256')
    .update(JSON.stringify([call.region, call.action, filters]))
    .digest('base64url')
    .slice(0, 12);
}
