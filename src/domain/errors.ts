/**
 * The one catalog of what can stop us. `true` marks a code worth trying again after a pause; nothing else in the
 * program decides that. Expected results (a rejected candidate, a failed proof) are values, never errors.
 */
const catalog = {
  'cloud.throttled': true,
  'cloud.busy': true,
  'cloud.conflict': true,
  'cloud.unavailable': true,
  'cloud.timeout': true,
  'cloud.unreadable': true,
  'cloud.denied': false,
  'cloud.credentials': false,
  'cloud.clock': false,
  'cloud.not-found': false,
  'cloud.certificate-not-found': false,
  'cloud.already-associated': false,
  'cloud.not-associated': false,
  'cloud.quota': false,
  'cloud.token-mismatch': false,
  'cloud.dry-run-passed': false,
  'cloud.refused': false,
  'config.invalid': false,
  'config.unreadable': false,
  'data-dir.locked': false,
  'store.unavailable': true,
  'store.conflict': true,
  'store.unreadable': false,
  'lease.lost': true,
  'inventory.empty': true,
  'request.invalid': false,
  'request.unauthorized': false,
  'not-found': false,
  'sink.failed': true,
  'daemon.unreachable': false,
  internal: false,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof catalog;

/** Facts about a failure. Never a secret, a private key or a webhook URL. */
export type ErrorFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What stopped us: a code from the catalog, and a lower-case message without full stop that says what we were doing.
 * `retryAfterMs` is set when the other side named a pause.
 */
export class NewleafError extends Error {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
  readonly retryAfterMs: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; fields?: ErrorFields; retryAfterMs?: number | null } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NewleafError';
    this.code = code;
    this.fields = options.fields ?? {};
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  get retryable(): boolean {
    return catalog[this.code];
  }
}

/** The code to write down for anything caught; a foreign error that nobody translated is `internal`. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof NewleafError ? error.code : 'internal';
}

/** True when what stopped us may pass by itself. */
export function mayPass(code: ErrorCode): boolean {
  return catalog[code];
}

/** True when a failed call is worth repeating. A foreign error is not: we do not know what it means. */
export function isRetryable(error: unknown): boolean {
  return error instanceof NewleafError && error.retryable;
}
