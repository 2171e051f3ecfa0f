import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientBase, Pool } from 'pg';
import { z } from 'zod';
import type { SqlClient, SqlPool, SqlResult } from '../../ports/queue.ts';
import type { ServerAddress } from './address.ts';
import { isAway } from './errors.ts';
import type { Outage } from './outage.ts';

/** The longest a connection, and then a statement, may take. */
const deadline = { connect: 3000, statement: 5000 } as const;

/** Between two attempts to connect while the server is away. */
const pause = 500;

/** Silence after which a connection is asked whether it still lives: without, one that died with its machine is missed for hours. */
const silence = 10_000;

export interface ServerPoolOptions {
  readonly max: number;
  /** Settings of each session, as the server's command line takes them. */
  readonly settings: string;
  /** Whether `connect` waits for a server that is away, until the pool ends. */
  readonly waits: boolean;
}

/** A pool of sessions on a server that may go away and come back. */
export class ServerPool extends EventEmitter implements SqlPool {
  readonly #pool: Pool;
  readonly #waits: boolean;
  readonly #outage: Outage;
  readonly #ending = new AbortController();
  #ended: Promise<void> | null = null;
  /** The queue package asks the pool whether its connections are kept alive. */
  readonly options = { keepAlive: true } as const;

  constructor(address: ServerAddress, { max, settings, waits }: ServerPoolOptions, outage: Outage) {
    super();
    // Every queue and worker listens on the pool itself.
    this.setMaxListeners(0);
    this.#waits = waits;
    this.#outage = outage;
    this.#pool = new Pool({
      ...address,
      max,
      options: settings,
      application_name: 'newleaf',
      keepAlive: true,
      keepAliveInitialDelayMillis: silence,
      connectionTimeoutMillis: deadline.connect,
      query_timeout: deadline.statement,
      statement_timeout: deadline.statement,
      verify: (client, done) => void this.#verify(client, done),
    });
    this.#pool.on('connect', (client) => {
      // A session that breaks while somebody has it tells its holder by the call that fails; unheard, the event would end the process.
      client.on('error', () => undefined);
    });
    this.#pool.on('error', (error) => this.#failed(error));
  }

  async connect(): Promise<SqlClient> {
    for (;;) {
      try {
        return sqlClient(await this.#pool.connect());
      } catch (error) {
        this.#outage.noticed(error);
        if (!this.#waits || this.#ending.signal.aborted || !isAway(error)) throw error;
      }
      await delay(pause, undefined, { signal: this.#ending.signal });
    }
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<SqlResult<R>> {
    try {
      const { rows, rowCount } = await this.#pool.query(text, params && [...params]);
      return { rows: z.array(z.custom<R>()).parse(rows), rowCount };
    } catch (error) {
      this.#outage.noticed(error);
      throw error;
    }
  }

  /** May be repeated. */
  end(): Promise<void> {
    this.#ending.abort(new Error('the pool is closed'));
    this.#ended ??= this.#pool.end();
    return this.#ended;
  }

  async #verify(client: ClientBase, done: (error?: Error) => void): Promise<void> {
    try {
      await assertWritable(client);
    } catch (error) {
      return done(error instanceof Error ? error : new Error('unknown failure'));
    }
    this.#outage.ended();
    done();
  }

  #failed(error: Error): void {
    this.#outage.noticed(error);
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }
}

const Writable = z.array(z.object({ transaction_read_only: z.string() }));

/** After a fail-over the address may still lead to the old primary, which now only reads: another attempt finds the new one. */
async function assertWritable(client: ClientBase): Promise<void> {
  const { rows } = await client.query('SHOW transaction_read_only');
  if (Writable.parse(rows)[0]?.transaction_read_only === 'off') return;
  throw Object.assign(new Error('the server is a standby: it only reads'), { code: '25006' });
}

/** The driver's types tell event listeners by a generic that no plain interface matches; its surface is the one we name. */
function sqlClient(client: object): SqlClient {
  if (!isSqlClient(client))
    throw new TypeError('the PostgreSQL driver has no client as we know it');
  return client;
}

function isSqlClient(client: object): client is SqlClient {
  return 'query' in client && 'release' in client && 'on' in client;
}
