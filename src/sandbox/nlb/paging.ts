import { createHash } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import type { Call, RawParameters, ReplyBody } from '../http/operation.ts';

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
 * One page of `all`, which must be in a stable order. A token names the last row handed out and is good only for the
 * query it came from.
 */
export function pageOf<T>(
  all: readonly T[],
  idOf: (row: T) => string,
  request: PageRequest,
  call: Call,
): Page<T> {
  const query = fingerprintOf(call);
  const size = request.MaxResults ?? defaultSize;
  const start =
    request.NextToken === undefined ? 0 : startAfter(request.NextToken, query, all.map(idOf));
  const rows = all.slice(start, start + size);
  const last = rows.at(-1);
  const more = start + size < all.length && last !== undefined;
  return {
    rows,
    fields: {
      MaxResults: size,
      TotalCount: all.length,
      ...(more ? { NextToken: encode(query, idOf(last)) } : {}),
    },
  };
}

function encode(query: string, lastId: string): string {
  return Buffer.from(JSON.stringify([query, lastId])).toString('base64url');
}

function startAfter(token: string, query: string, ids: readonly string[]): number {
  const [of, lastId] = decode(token);
  const at = ids.indexOf(lastId);
  if (of !== query || at < 0) {
    throw new ApiError('IllegalParam.NextToken', 'The param of NextToken is illegal.');
  }
  return at + 1;
}

function decode(token: string): readonly [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(parsed)) return [String(parsed[0]), String(parsed[1])];
  } catch {
    // Not one of ours: refused below like any other unknown token.
  }
  return ['', ''];
}

function fingerprintOf(call: Call): string {
  const { NextToken: _token, MaxResults: _size, ...filters }: RawParameters = call.raw;
  return createHash('sha256')
    .update(JSON.stringify([call.region, call.action, filters]))
    .digest('base64url')
    .slice(0, 12);
}
