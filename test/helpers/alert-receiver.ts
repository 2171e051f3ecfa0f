import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

/** The key that receiver and daemon share. */
export const receiverSecret = 'a-secret-of-the-receiver';

const Event = z.looseObject({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({ key: z.string(), severity: z.string() }),
});
export type ReceivedEvent = z.infer<typeof Event>;

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly events: readonly ReceivedEvent[];
  /** Resolves with the first event, past or future, that fits. */
  got(fits: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>;
}

/** A receiver that takes only what is signed with our secret. */
export async function openReceiver(): Promise<Receiver> {
  const events: ReceivedEvent[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const stamp = String(request.headers['x-newleaf-timestamp']);
    const mac = createHmac('sha256', receiverSecret).update(`${stamp}.`).update(body).digest('hex');
    const given = Buffer.from(String(request.headers['x-newleaf-signature']));
    const wanted = Buffer.from(`sha256=${mac}`);
    const genuine = given.length === wanted.length && timingSafeEqual(given, wanted);
    response.writeHead(genuine ? 204 : 401).end();
    if (!genuine) return;
    const parsed: unknown = JSON.parse(body.toString());
    events.push(...(Array.isArray(parsed) ? parsed : [parsed]).map((event) => Event.parse(event)));
    for (const look of waiting) look();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    events,
    got: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
