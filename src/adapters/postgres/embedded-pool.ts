import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import type { SqlClient, SqlPool, SqlResult } from '../../ports/queue.ts';
import { EmbeddedSession, type Turnstile } from './embedded-session.ts';

/**
 * A pool with node-postgres' surface over an embedded PostgreSQL in this process. It has one connection, so sessions take
 * turns: one statement, or one whole transaction, at a time and first come, first served. Does not own the database.
 */
export class EmbeddedPool extends EventEmitter implements SqlPool {
  readonly #turnstile: Turnstile;
  readonly #sessions = new Set<EmbeddedSession>();
  readonly #stopListening: () => void;

  constructor(db: PGlite) {
    super();
    this.setMaxListeners(0);
    this.#turnstile = turnstileOver(db);
    this.#stopListening = db.onNotification((channel, payload) => {
      for (const session of this.#sessions) session.notify({ channel, payload });
    });
  }

  async connect(): Promise<SqlClient> {
    const session = new EmbeddedSession(this.#turnstile, (gone) => this.#sessions.delete(gone));
    this.#sessions.add(session);
    this.emit('connect', session);
    return session;
  }

  /** For single statements; a transaction needs a session from `connect`. */
  async query<R>(text: string, params?: readonly unknown[]): Promise<SqlResult<R>> {
    const leave = await this.#turnstile.enter();
    try {
      return await this.#turnstile.run<R>(text, params);
    } finally {
      leave();
    }
  }

  async end(): Promise<void> {
    this.#stopListening();
    this.#sessions.clear();
  }
}

function turnstileOver(db: PGlite): Turnstile {
  let last: Promise<void> = Promise.resolve();
  return {
    enter: () => {
      const before = last;
      return new Promise((enter) => {
        last = new Promise((leave) => {
          void before.then(() => enter(leave));
        });
      });
    },
    run: async <R>(text: string, params: readonly unknown[] | undefined) => {
      if (params === undefined || params.length === 0) return runScript<R>(db, text);
      const { rows, affectedRows } = await db.query<R>(text, [...params]);
      return { rows, rowCount: affectedRows || rows.length };
    },
  };
}

/** Without parameters a text may hold several statements, as over the wire; the result is the last one's. */
async function runScript<R>(db: PGlite, text: string): Promise<SqlResult<R>> {
  const last = (await db.exec(text)).at(-1);
  const rows = z.array(z.custom<R>()).parse(last?.rows ?? []);
  return { rows, rowCount: last?.affectedRows || rows.length };
}
