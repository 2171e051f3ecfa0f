import type { ReplyBody } from '../http/operation.ts';
import { refused } from './refusals.ts';

interface Remembered {
  readonly fingerprint: string;
  readonly reply: ReplyBody;
}

const kept = 50_000;

/**
 * Replies by client token: the same request again gets the first reply, another request under the same token is refused.
 * Only writes that went through are remembered. The oldest are forgotten when there are too many.
 */
export class ClientTokens {
  readonly #known = new Map<string, Remembered>();

  /** Carries out `write` unless the token has been used. `token` names account and region too. */
  once(token: string, fingerprint: string, write: () => ReplyBody): ReplyBody {
    const known = this.#known.get(token);
    if (known === undefined) return this.#remember(token, { fingerprint, reply: write() });
    if (known.fingerprint === fingerprint) return known.reply;
    throw refused('IdempotenceSignatureMismatch');
  }

  #remember(token: string, remembered: Remembered): ReplyBody {
    this.#known.set(token, remembered);
    const [oldest] = this.#known.keys();
    if (this.#known.size > kept && oldest !== undefined) this.#known.delete(oldest);
    return remembered.reply;
  }
}
