import { createHash } from 'node:crypto';
import { spoiltPage } from '../faults/repeated-pages.ts';
import type { Call, ReplyBody } from '../http/operation.ts';
import { refused } from './refusals.ts';

/** The parsed parameters of a list action; whatever is not about paging is the query. */
interface PageRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** The paging fields of the reply; the last page has no NextToken. */
  readonly fields: ReplyBody;
}

const defaultSize = 20;

/**
 * One page of `all`, which must be in a stable order. A token names the rows on both sides of the cut, so that a listing
 * goes on even when one of them is gone by then; it is good only for the query it came from.
 */
export function pageOf<T>(
  all: readonly T[],
  idOf: (row: T) => string,
  request: PageRequest,
  call: Call,
): Page<T> {
  const query = fingerprintOf(request, call);
  const size = request.MaxResults ?? defaultSize;
  const tokenAt = (start: number, lap = 0) => {
    const [lastId = '', nextId = ''] = [all[start - 1], all[start]].map((row) =>
      row === undefined ? '' : idOf(row),
    );
    return encode({ query, lastId, nextId, start, lap });
  };
  const asked = request.NextToken === undefined ? null : decode(request.NextToken);
  if (asked !== null && asked.query !== query) throw refused('IllegalParam.NextToken');
  const start = asked === null ? 0 : startOf(asked, all, idOf);
  const more = start + size < all.length;
  const regular: Page<T> = {
    rows: all.slice(start, start + size),
    fields: fieldsOf(size, all.length, more ? tokenAt(start + size) : null),
  };
  if (asked === null) return regular;
  switch (
    spoiltPage(call.world.faults, { product: 'nlb', region: call.region, action: call.action })
  ) {
    case null:
      return regular;
    case 'page':
      return {
        rows: all.slice(Math.max(0, start - size), start),
        fields: fieldsOf(size, all.length, tokenAt(start, asked.lap + 1)),
      };
    case 'token':
      return { ...regular, fields: fieldsOf(size, all.length, request.NextToken ?? null) };
  }
}

function fieldsOf(size: number, total: number, token: string | null): ReplyBody {
  return { MaxResults: size, TotalCount: total, ...(token === null ? {} : { NextToken: token }) };
}

interface Token {
  readonly query: string;
  readonly lastId: string;
  readonly nextId: string;
  /** Where the next page starts, if nothing has changed. */
  readonly start: number;
  /** Tells tokens to the same place apart. */
  readonly lap: number;
}

/** Rows before the cut may have gone, the last of them too. */
function startOf<T>(token: Token, all: readonly T[], idOf: (row: T) => string): number {
  const { lastId, nextId, start } = token;
  const expected = all[start - 1];
  if (expected !== undefined && idOf(expected) === lastId) return start;
  const last = all.findIndex((row) => idOf(row) === lastId);
  if (last >= 0) return last + 1;
  const next = all.findIndex((row) => idOf(row) === nextId);
  return next >= 0 ? next : Math.min(start, all.length);
}

function encode({ query, lastId, nextId, start, lap }: Token): string {
  return Buffer.from(JSON.stringify([query, lastId, nextId, start, lap])).toString('base64url');
}

function decode(token: string): Token {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(parsed)) {
      const [query = '', lastId = '', nextId = '', start, lap] = parsed.map(String);
      return { query, lastId, nextId, start: Number(start), lap: Number(lap) };
    }
  } catch {
    // Not one of ours: refused by the caller like a token of another query.
  }
  return { query: '', lastId: '', nextId: '', start: 0, lap: 0 };
}

function fingerprintOf(request: PageRequest, call: Call): string {
  const { NextToken: _token, MaxResults: _size, ...filters } = request;
  return createHash('sha256')
    .update(JSON.stringify([call.region, call.action, filters]))
    .digest('base64url')
    .slice(0, 12);
}
