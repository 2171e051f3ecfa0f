import type { Store } from './store.ts';

/** The part of a node-postgres result that is used. */
export interface SqlResult<R> {
  readonly rows: R[];
  readonly rowCount?: number | null;
}

interface Queryable {
  /** One statement with `$1` parameters, or several without. `R` is what the caller takes the rows for; nothing checks it. */
  query<R>(text: string, params?: readonly unknown[]): Promise<SqlResult<R>>;
}

/** A message of `NOTIFY`. */
export interface SqlNotification {
  readonly channel: string;
  readonly payload?: string;
}

/** One session of a pool, shaped as node-postgres shapes it. */
export interface SqlClient extends Queryable {
  on(event: 'notification', listener: (message: SqlNotification) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'end', listener: () => void): this;
  removeListener(event: 'notification', listener: (message: SqlNotification) => void): this;
  removeAllListeners(event?: string): this;
  /** Gives the session back; `destroy` also forgets what it listened to. */
  release(destroy?: boolean): void;
}

/** A pool of sessions, shaped as node-postgres shapes it, so that a queue package can use either. */
export interface SqlPool extends Queryable {
  connect(): Promise<SqlClient>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'connect', listener: (client: SqlClient) => void): this;
  removeAllListeners(event?: string): this;
}

/**
 * Where the queues live: beside the store. The Redis URL may hold a password: it goes to the queue package and nowhere else.
 * The sessions of a pool find the queue tables in the schema `bullmq`.
 */
export type QueueConnection =
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
  | { readonly kind: 'postgres'; readonly pool: SqlPool };

/** A backend as opened: the store and the queues beside it. */
export interface OpenedStore {
  readonly store: Store;
  readonly queue: QueueConnection;
  /** Ends all connections; what is still under way rejects with `store.unavailable`. */
  readonly close: () => Promise<void>;
}
