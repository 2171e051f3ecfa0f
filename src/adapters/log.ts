import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports/log.ts';

/** How often a line is offered to a reader that cannot take it just now, and how long to wait in between. */
const patience = { attempts: 50, millis: 10 } as const;

/** Nobody wakes it: waiting on it is the only way to sleep without letting other work run in between. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * JSON lines, one an event. Errors in fields are told by message and code, never with their inner state. A line that cannot be
 * written is lost: logging never stops the work that it tells about.
 */
export function openLog(
  level: 'debug' | 'info' | 'warn' | 'error',
  destination: DestinationStream,
): Log {
  const serializers = { err: briefly, error: briefly, cause: briefly };
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers },
    patient(destination),
  );
  return {
    debug: (fields, sentence) => logger.debug(fields, sentence),
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
  };
}

/** An error may hold a request with its headers, and its stack a path with a name in it. */
function briefly(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { message } = value;
  return 'code' in value ? { code: value.code, message } : { message };
}

/**
 * A pipe that is full says EAGAIN: its reader is slow, and is waited for. One that never reads is waited for once, not at
 * every line. A broken pipe has no reader any more.
 */
function patient(destination: DestinationStream): DestinationStream {
  let attempts: number = patience.attempts;
  return {
    write: (line) => {
      const wasTaken = offer(destination, line, attempts);
      attempts = wasTaken ? patience.attempts : 1;
    },
  };
}

function offer(destination: DestinationStream, line: string, attempts: number): boolean {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      destination.write(line);
      return true;
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isFull) return false;
      if (attempt < attempts) Atomics.wait(sleeper, 0, 0, patience.millis);
    }
  }
  return false;
}
