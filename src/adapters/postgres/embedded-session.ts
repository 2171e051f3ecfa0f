import { EventEmitter } from 'node:events';
import type { SqlClient, SqlNotification, SqlResult } from '../../ports/queue.ts';

/** Runs statements on the one connection there is; `exclusive` keeps everybody else out until it is released. */
export interface Turnstile {
  run<R>(text: string, params: readonly unknown[] | undefined): Promise<SqlResult<R>>;
  /** Resolves to the release once it is our turn. */
  enter(): Promise<() => void>;
}

type Verb = 'begin' | 'end' | 'listen' | 'unlisten' | 'other';

/** What a statement means for the session. Package SQL starts with comment lines, so those are skipped. */
function verbOf(text: string): Verb {
  const bare = text.replace(/^(\s+|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/, '');
  if (/^(begin|start\s+transaction)\b/i.test(bare)) return 'begin';
  if (/^(commit|end|rollback(?!\s+to\b)|abort)\b/i.test(bare)) return 'end';
  if (/^listen\b/i.test(bare)) return 'listen';
  return /^unlisten\b/i.test(bare) ? 'unlisten' : 'other';
}

/** The channel of a LISTEN or UNLISTEN, folded to lower case unless it is quoted, as PostgreSQL does; null for `*`. */
function channelOf(text: string): string | null {
  const [, quoted, bare] = /listen\s+(?:"([^"]+)"|([\w$]+))/i.exec(text) ?? [];
  return quoted ?? bare?.toLowerCase() ?? null;
}

/**
 * One session over the shared connection. Between its BEGIN and its COMMIT or ROLLBACK no other session runs anything: there
 * is only one real session, and statements of two transactions in it would become one.
 */
export class EmbeddedSession extends EventEmitter implements SqlClient {
  readonly #turnstile: Turnstile;
  readonly #forget: (session: EmbeddedSession) => void;
  readonly #channels = new Set<string>();
  #leave: (() => void) | null = null;

  constructor(turnstile: Turnstile, forget: (session: EmbeddedSession) => void) {
    super();
    this.#turnstile = turnstile;
    this.#forget = forget;
    this.setMaxListeners(0);
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<SqlResult<R>> {
    const verb = verbOf(text);
    if (this.#leave !== null) return this.#insideTransaction<R>(verb, text, params);
    const leave = await this.#turnstile.enter();
    let stays = false;
    try {
      const result = await this.#turnstile.run<R>(text, params);
      stays = verb === 'begin';
      if (stays) this.#leave = leave;
      this.#subscribe(verb, text);
      return result;
    } finally {
      if (!stays) leave();
    }
  }

  /** Gives the session back. A transaction left open is rolled back before anybody else gets a turn. */
  release(_destroy?: boolean): void {
    this.#forget(this);
    this.#channels.clear();
    const leave = this.#leave;
    this.#leave = null;
    if (leave === null) return;
    void this.#turnstile.run('ROLLBACK', undefined).then(leave, leave);
  }

  /** Passes a notification on when this session listens to its channel. */
  notify(message: SqlNotification): void {
    if (this.#channels.has(message.channel)) this.emit('notification', message);
  }

  async #insideTransaction<R>(
    verb: Verb,
    text: string,
    params: readonly unknown[] | undefined,
  ): Promise<SqlResult<R>> {
    try {
      const result = await this.#turnstile.run<R>(text, params);
      this.#subscribe(verb, text);
      return result;
    } finally {
      // A COMMIT that fails has ended the transaction too.
      if (verb === 'end') this.#end();
    }
  }

  #end(): void {
    const leave = this.#leave;
    this.#leave = null;
    leave?.();
  }

  #subscribe(verb: Verb, text: string): void {
    if (verb !== 'listen' && verb !== 'unlisten') return;
    const channel = channelOf(text);
    if (channel === null) this.#channels.clear();
    else if (verb === 'listen') this.#channels.add(channel);
    else this.#channels.delete(channel);
  }
}
