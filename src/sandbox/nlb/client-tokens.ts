import { ApiError } from '../http/api-error.ts';
import type { ReplyBody } from '../http/operation.ts';

interface Remembered {
  readonly fingerprint: string;
  readonly reply: ReplyBody;
}

/** Replies by client token: the same request again gets the first reply, another request under the same token is refused. */
export class ClientTokens {
  readonly #known = new Map<string, Remembered>();

  /** The first reply to this request, or null when the token is new. Throws when it was used for something else. */
  replay(token: string, fingerprint: string): ReplyBody | null {
    const known = this.#known.get(token);
    if (known === undefined) return null;
    if (known.fingerprint === fingerprint) return known.reply;
    throw new ApiError(
      'IdempotenceSignatureMismatch',
      'The request signature is mismatch with the request of the same ClientToken.',
    );
  }

  remember(token: string, fingerprint: string, reply: ReplyBody): void {
    this.#known.set(token, { fingerprint, reply });
  }
}
