import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/** A request read whole, its query and form decoded. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly form: readonly (readonly [string, string])[];
  /** Lower-case names; a repeated header is joined as Node does. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

const largestBody = 2 * 1024 * 1024;

export async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const body = await readBody(request);
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? [] : decodePairs(target.slice(mark + 1)),
    form: isForm ? decodePairs(body.toString('utf8')) : [],
    headers,
    body,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBody) {
      throw new ApiError('RequestEntityTooLarge', 'The request body is too large.', {
        status: 413,
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function decodePairs(encoded: string): readonly (readonly [string, string])[] {
  return encoded
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return [decode(name), equals < 0 ? '' : decode(pair.slice(equals + 1))] as const;
    });
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw new ApiError('InvalidParameter', 'The request is not encoded properly.');
  }
}
