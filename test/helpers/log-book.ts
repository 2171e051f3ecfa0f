import type { Log } from '../../src/ports/log.ts';

/** One thing that was logged. */
export interface LogLine {
  readonly level: keyof Log;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly sentence: string;
}

/** A log that keeps what it is told. */
export function logBook(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: keyof Log): Log['info'] =>
    (fields, sentence) =>
      void lines.push({ level, fields, sentence });
  return {
    lines,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  };
}
