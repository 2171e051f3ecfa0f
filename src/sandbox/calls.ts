/** One API call as the sandbox saw it. */
export interface LoggedCall {
  /** ISO time of arrival. */
  readonly at: string;
  readonly product: string;
  readonly region: string;
  readonly action: string;
  /** As received, private keys left out. */
  readonly params: unknown;
  readonly clientToken: string | null;
  /** HTTP status; null when the connection was reset or left hanging before anything was decided. */
  readonly status: number | null;
  /** The error code; null for a success. */
  readonly code: string | null;
  readonly requestId: string;
  /** `lost`: the call was carried out and its reply never sent. */
  readonly reply: 'sent' | 'lost' | 'withheld';
}

const kept = 100_000;

/** The API calls in order of arrival; the oldest go first when there are too many. */
export class CallLog {
  #calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.#calls.push(call);
    if (this.#calls.length > kept) this.#calls = this.#calls.slice(kept / 10);
  }

  all(): readonly LoggedCall[] {
    return this.#calls;
  }
}

const secret = new Set(['Key', 'EncryptPrivateKey', 'SignPrivateKey']);

/** The parameters without private keys. */
export function withoutSecrets(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, secret.has(name) ? '[withheld]' : value]),
  );
}
