/** An error that the documentation lists for an action, and how a client can meet it here. */
export interface DocumentedError {
  /** As the wire has it; where the documentation has a `%s`, with what stands there in practice. */
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** `state`: the sandbox answers so by itself. `order`: only when an `answer` fault asks for it. */
  readonly arises: 'state' | 'order';
  /** For `state`, what brings it about; for `order`, why nothing does. */
  readonly when: string;
}

/** The documented errors of a product, by action. */
export type DocumentedErrors = Readonly<Record<string, readonly DocumentedError[]>>;
