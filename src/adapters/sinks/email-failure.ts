import { z } from 'zod';
import type { SendFailure } from '../../ports/sink.ts';
import { connectionFault } from './connection-fault.ts';

const fault = z.object({
  code: z.string().optional(),
  /** What the server answered, if it did. */
  responseCode: z.int().optional(),
  command: z.string().optional(),
  /** Of the socket, where it failed there. */
  originalCode: z.string().optional(),
});

/** What a mail that was not sent means. The server's words are not repeated: they may hold addresses. */
export function mailFailure(error: unknown): SendFailure {
  const { code, responseCode, command, originalCode } = fault.safeParse(error).data ?? {};
  if (responseCode === undefined) return noAnswer(code, originalCode);
  const what = whatFailed(code, command);
  const reason = `the mail server answered ${responseCode} ${what.to}`;
  if (responseCode < 500) return { kind: 'retry', afterMs: null, reason };
  return { kind: 'rejected', blames: what.blames, reason };
}

function noAnswer(code: string | undefined, original: string | undefined): SendFailure {
  const known = original === undefined ? reasons[code ?? ''] : undefined;
  return { kind: 'retry', afterMs: null, reason: known ?? connectionFault(original ?? code) };
}

const reasons: Readonly<Record<string, string>> = {
  EAUTH: 'logging in to the mail server failed',
  EDNS: 'the name of the receiver does not resolve',
  ETLS: 'TLS with the mail server failed; check tls, ca and the name of the host',
  EPROTOCOL: 'the receiver does not answer as a mail server does',
  ECONNECTION: 'the connection was closed',
  ETIMEDOUT: 'the mail server does not answer',
};

function whatFailed(
  code: string | undefined,
  command: string | undefined,
): { readonly to: string; readonly blames: 'message' | 'sink' } {
  if (code === 'EAUTH') return { to: 'to user and password', blames: 'sink' };
  if (code === 'ETLS') return { to: 'to STARTTLS', blames: 'sink' };
  if (code === 'EENVELOPE') return { to: 'to the sender or to all recipients', blames: 'sink' };
  if (code === 'EMESSAGE' || command === 'DATA') return { to: 'to the mail', blames: 'message' };
  return { to: 'to the connection', blames: 'sink' };
}
