import type { Log } from '../../ports/log.ts';
import { isAway } from './errors.ts';

/** Whether the server is away, as all its pools together see it. */
export interface Outage {
  /** A call failed, for whatever reason. */
  noticed(error: unknown): void;
  /** There is a session again. */
  ended(): void;
}

/** Tells the log of the start and the end of an outage, not of each attempt in between. */
export function outageIn(log: Log): Outage {
  let isOut = false;
  return {
    noticed: (error) => {
      if (isOut || !isAway(error)) return;
      isOut = true;
      const reason = error instanceof Error ? error.message : 'unknown failure';
      log.warn({ reason }, 'store connection failed');
    },
    ended: () => {
      if (isOut) log.info({}, 'store connection is back');
      isOut = false;
    },
  };
}
