import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';

const SqlError = z.object({ code: z.string() });

/** Data that does not fit (22) and statements that do not (42) are our own mistakes: repeating them helps nobody. */
const ownMistake = /^(22|42)/;
/** A right that is missing can be granted while we wait. */
const insufficientPrivilege = '42501';

/** What a failed statement means to us. Only code and message are kept: the rest may hold values or the connection's options. */
export function storeError(doing: string, error: unknown): NewleafError {
  if (error instanceof NewleafError) return error;
  if (error instanceof z.ZodError)
    return new NewleafError('store.unreadable', `${doing}: the reply is not as expected`);
  const said = error instanceof Error && error.message !== '' ? error.message : 'no connection';
  const code = SqlError.safeParse(error).data?.code ?? '';
  const isOurs = ownMistake.test(code) && code !== insufficientPrivilege;
  return new NewleafError(isOurs ? 'internal' : 'store.unavailable', `${doing}: ${said}`, {
    fields: { reason: code },
  });
}

/** The server ends sessions (57P), has no room (53), does not answer (08), or is a standby (25006). */
const awayState = /^(57P0|53|08|25006)/;
const awayReason = /^(ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE)/;
/** The driver's own words carry no code. */
const awayWords = /timeout|terminated|not queryable/i;

/** Whether waiting may help: the server is away, restarting or failing over. A wrong password or certificate is not that. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = SqlError.safeParse(error).data?.code ?? '';
  if (code === '') return error.message === '' || awayWords.test(error.message);
  return awayState.test(code) || awayReason.test(code);
}
