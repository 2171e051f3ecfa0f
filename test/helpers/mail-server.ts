import assert from 'node:assert/strict';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import type { Issued } from './pki.ts';

export const mailLogin = { user: 'newleaf', password: 'hush-hush' };

/** What arrived: the envelope, and the mail as it was sent. */
interface Arrived {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly source: string;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly arrived: readonly Arrived[];
}

export interface MailServerOptions {
  /** Offers STARTTLS, or speaks TLS at once. */
  readonly identity?: Issued;
  readonly immediateTls?: boolean;
  readonly wantsLogin?: boolean;
  /** The code that each recipient gets. */
  readonly recipient?: (address: string) => number;
  /** The code that each mail gets. */
  readonly data?: () => number;
  readonly hang?: boolean;
}

/** A mail server in this process. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const arrived: Arrived[] = [];
  const { identity, recipient = () => 250, data = () => 250 } = options;
  const server = new SMTPServer({
    ...(identity && { key: identity.keyPem, cert: identity.pem }),
    secure: options.immediateTls ?? false,
    disabledCommands: identity === undefined ? ['STARTTLS'] : [],
    authOptional: options.wantsLogin !== true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: (_session, done) => {
      if (options.hang !== true) done();
    },
    onAuth: ({ username, password }, _session, done) => {
      if (username === mailLogin.user && password === mailLogin.password) done(null, { user: 1 });
      else done(refusal(535));
    },
    onRcptTo: ({ address }, _session, done) => done(refusal(recipient(address))),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        assert.ok(mailFrom !== false);
        const to = rcptTo.map(({ address }) => address);
        const source = Buffer.concat(chunks).toString('utf8');
        arrived.push({ from: mailFrom.address, to, secure: session.secure, source });
        done(refusal(data()));
      });
    },
  });
  // A client that goes away is no failure of the server.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    port: address.port,
    arrived,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal(code: number): (Error & { responseCode?: number }) | null {
  return code < 300
    ? null
    : Object.assign(new Error('no hush-hush for you'), { responseCode: code });
}

/** The parts of a mail by content type, their quoted-printable undone. */
export function partsOf(source: string): Readonly<Record<string, string>> {
  const [, boundary = ''] = /boundary="([^"]+)"/.exec(source) ?? [];
  const parts = source.split(`--${boundary}`).flatMap((part) => {
    const [head = '', ...body] = part.trim().split('\r\n\r\n');
    const [, type] = /^Content-Type: (text\/\w+)/im.exec(head) ?? [];
    return type === undefined ? [] : [[type, decoded(head, body.join('\r\n\r\n'))] as const];
  });
  return Object.fromEntries(parts);
}

function decoded(head: string, body: string): string {
  if (/base64/.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/.test(head)) return body;
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
