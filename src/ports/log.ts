/** Facts of a log line. Never a key, a token or a webhook URL; certificates by fingerprint. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Static sentence, facts as fields. */
export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
}
