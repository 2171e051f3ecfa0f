import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports/log.ts';

/** JSON lines, one an event. Errors in fields are told by message and code, never with their inner state. */
export function openLog(
  level: 'debug' | 'info' | 'warn' | 'error',
  destination: DestinationStream,
): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    debug: (fields, sentence) => logger.debug(fields, sentence),
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
  };
}
