/** A refusal as the gateway or a product words it. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further fields of the error body, for example AccessDeniedDetail. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: {
      status?: number;
      headers?: Readonly<Record<string, string>>;
      fields?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.headers = options.headers ?? {};
    this.fields = options.fields ?? {};
  }
}
