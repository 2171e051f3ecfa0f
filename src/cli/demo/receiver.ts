import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';

/** An alert as the webhook brings it: a CloudEvent, reduced to what the demo looks at. */
export const Alert = z.object({
  id: z.string(),
  source: z.string(),
  data: z.object({
    kind: z.string(),
    status: z.string(),
    severity: z.enum(['ok', 'info', 'warning', 'critical', 'expired']),
    title: z.string(),
    notAfter: z.iso.datetime().optional(),
    bindings: z.array(z.object({ listenerId: z.string() })),
    details: z.object({
      outcome: z.string().optional(),
      certificate: z.object({ id: z.string(), fingerprint256: z.string().nullable() }).optional(),
      to: z.object({ id: z.string() }).optional(),
      rejections: z.array(z.object({ candidate: z.string(), reason: z.string() })).optional(),
    }),
  }),
});
export type Alert = z.infer<typeof Alert>;

/** A receiver of alerts as anybody could write one. */
export interface Receiver {
  readonly url: string;
  /** Key of the signatures. */
  readonly secret: string;
  /** In order of arrival; one that came twice is here twice. */
  readonly alerts: readonly Alert[];
  /** Why requests were turned away: a wrong signature, or no alert inside. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** A recorded request sent again later than this is refused (docs/alerts.md). */
const oldestSeconds = 300;

/** Listens on a free port of this machine and checks the signature of everything it gets. */
export async function openReceiver(): Promise<Receiver> {
  const secret = randomBytes(24).toString('hex');
  const alerts: Alert[] = [];
  const refused: string[] = [];
  const take = (request: IncomingMessage, body: string): 202 | 400 | 401 => {
    const signed = isSigned(request, body, secret);
    const events = signed ? parse(body) : [];
    alerts.push(...events);
    if (events.length > 0) return 202;
    refused.push(signed ? 'a request that holds no alert' : 'a request with a wrong signature');
    return signed ? 400 : 401;
  };
  const server = createServer((request, response) => {
    void readAll(request).then(
      (body) => response.writeHead(take(request, body)).end(),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    secret,
    alerts,
    refused,
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const timestamp = String(headers['x-newleaf-timestamp'] ?? '');
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (timestamp === '' || !(age <= oldestSeconds)) return false;
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const expected = Buffer.from(`sha256=${mac}`);
  const given = Buffer.from(String(headers['x-newleaf-signature'] ?? ''));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parse(body: string): readonly Alert[] {
  try {
    return z.union([z.array(Alert), Alert.transform((alert) => [alert])]).parse(JSON.parse(body));
  } catch {
    return [];
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
