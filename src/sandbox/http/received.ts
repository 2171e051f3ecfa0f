import type { IncomingMessage } from 'node:http';
import { readBody } from './body.ts';
import { gatewayError } from './refusals.ts';

type Pairs = readonly (readonly [string, string])[];

/** A request read whole, its query and form decoded. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Pairs;
  readonly form: Pairs;
  /** Lower-case names; a repeated header is joined as Node does. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

const largestBody = 2 * 1024 * 1024;
/** The largest documented request has a few hundred. */
const mostParameters = 10_000;

/** Reads a request. Throws the refusal of one that is too large or badly encoded. */
export async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const body = await readBody(request, largestBody);
  if (body === null) throw gatewayError('RequestEntityTooLarge');
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const headers = headersOf(request);
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? [] : decodePairs(target.slice(mark + 1)),
    form: isForm(headers['content-type']) ? decodePairs(textOf(body)) : [],
    headers,
    body,
  };
}

function headersOf(request: IncomingMessage): ReceivedRequest['headers'] {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

function isForm(contentType: string | undefined): boolean {
  return (contentType ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw gatewayError('InvalidParameter');
  }
}

function decodePairs(encoded: string): Pairs {
  const pairs = encoded.split('&').filter((pair) => pair !== '');
  if (pairs.length > mostParameters) throw gatewayError('InvalidParameter');
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    return [decode(name), equals < 0 ? '' : decode(pair.slice(equals + 1))] as const;
  });
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw gatewayError('InvalidParameter');
  }
}
