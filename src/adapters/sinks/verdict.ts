import type { Millis } from '../../domain/certificate.ts';
import type { SendFailure } from '../../ports/sink.ts';
import type { Exchange } from './http-send.ts';

/** What an HTTP receiver's answer means: null for accepted. */
export function failureOf(exchange: Exchange, now: Date): SendFailure | null {
  if (exchange.kind === 'failed') return retry(exchange.reason, null);
  if (exchange.kind === 'refused')
    return { kind: 'rejected', blames: 'sink', reason: exchange.reason };
  const { status } = exchange;
  if (status >= 200 && status < 300) return null;
  const reason = `the receiver answered ${status}`;
  if (status === 408 || status === 429 || status >= 500)
    return retry(reason, pauseOf(exchange.retryAfter, now));
  if (status < 400)
    return {
      kind: 'rejected',
      blames: 'sink',
      reason: `${reason}, and redirects are not followed`,
    };
  if (aboutContent.has(status)) return { kind: 'rejected', blames: 'message', reason };
  return { kind: 'rejected', blames: 'sink', reason: `${reason}${remedyFor(status)}` };
}

/** What a person has to look at. */
function remedyFor(status: number): string {
  if (status === 401 || status === 403) return ': check its secret or token';
  return status === 404 || status === 410 ? ': check its URL' : '';
}

/** Bad request, too large, unsupported type, unprocessable: another message may pass. */
const aboutContent: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3); null when it says neither. */
function pauseOf(header: string | null, now: Date): Millis | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

function retry(reason: string, afterMs: Millis | null): SendFailure {
  return { kind: 'retry', afterMs, reason };
}
