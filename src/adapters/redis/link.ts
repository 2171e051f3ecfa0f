import { Redis } from 'ioredis';
import type { Millis } from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import { safeText, storeError } from './errors.ts';

/** How long a call waits for a connection that is being made, and then for its reply. */
export interface Deadlines {
  readonly connect: Millis;
  readonly reply: Millis;
}

/** One connection that comes back by itself, with calls that end in time. */
export interface Link {
  /** Runs `call` on the ready connection. Rejects with `store.unavailable` when there is none in time, or it breaks. */
  run<T>(doing: string, call: (client: Redis) => Promise<T>): Promise<T>;
  /** Counts the connections made so far: facts about the server hold for one of them. */
  connections(): number;
  close(): void;
}

/**
 * The client neither queues commands while it is offline nor sends one again after a reconnect: a write that was reported as
 * failed must not happen minutes later. Waiting for the connection is done here, with a deadline, before anything is sent;
 * `socketTimeout` drops a connection that went silent, which TCP alone notices after a quarter of an hour.
 */
export function openLink(url: string, deadlines: Deadlines, log: Log): Link {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    commandTimeout: deadlines.reply,
    socketTimeout: deadlines.reply + 1000,
    connectTimeout: deadlines.reply,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    // A replica that was the master before a failover: reconnecting finds the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  // Every waiting call listens for `ready`.
  client.setMaxListeners(0);
  const connections = watch(client, log);
  return {
    run: async (doing, call) => {
      try {
        await ready(client, deadlines.connect);
        return await call(client);
      } catch (error) {
        throw storeError(doing, error);
      }
    },
    connections,
    close: () => client.disconnect(),
  };
}

/** Logs the start and the end of an outage, not each attempt in between. */
function watch(client: Redis, log: Log): () => number {
  let connections = 0;
  let isOut = false;
  client.on('ready', () => {
    connections += 1;
    if (isOut) log.info({}, 'store connection is back');
    isOut = false;
  });
  client.on('error', (error) => {
    if (!isOut) log.warn({ reason: safeText(error) }, 'store connection failed');
    isOut = true;
  });
  return () => connections;
}

async function ready(client: Redis, within: Millis): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status === 'end') throw new Error('the connection is closed');
  await new Promise<void>((resolve, reject) => {
    const done = (): void => {
      clearTimeout(late);
      client.off('ready', done);
      resolve();
    };
    const late = setTimeout(() => {
      client.off('ready', done);
      reject(new NewleafError('store.unavailable', 'reach the store: no connection in time'));
    }, within);
    client.on('ready', done);
  });
}
