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
  /** HTTP status; null when the connection was reset or left hanging and nothing is decided, or not yet. */
  readonly status: number | null;
  /** The error code; null for a success. */
  readonly code: string | null;
  readonly requestId: string;
  /** `lost`: the call was carried out and its reply never sent. `withheld`: it was not answered; with a status it landed later. */
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

  /** Writes down what became of a call that landed after its entry was made. */
  settle(requestId: string, landed: Pick<LoggedCall, 'status' | 'code'>): void {
    const at = this.#calls.findLastIndex((call) => call.requestId === requestId);
    const entry = this.#calls[at];
    if (entry === undefined) return;
    this.#calls[at] = { ...entry, ...landed };
  }

  all(): readonly LoggedCall[] {
    return this.#calls;
  }

  /** The calls that arrived after this one; null when it is not known, or no longer. */
  after(requestId: string): readonly LoggedCall[] | null {
    const at = this.#calls.findLastIndex((call) => call.requestId === requestId);
    return at < 0 ? null : this.#calls.slice(at + 1);
  }
}

const secret = new Set(['Key', 'EncryptPrivateKey', 'SignPrivateKey']);
const withheld = '[withheld]';

/** The parameters without private keys, also where one does not belong: in a chain, or under a misspelt name. */
export function withoutSecrets(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      secret.has(name) ? withheld : clean(value),
    ]),
  );
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('PRIVATE KEY') ? withheld : value;
  if (Array.isArray(value)) return value.map(clean);
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clean(each)]))
    : value;
}
