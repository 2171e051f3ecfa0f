import type { Log } from '../ports/log.ts';

/** Commands tell people themselves what they must know: what could not be read is in the document. */
export const quietLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
