import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';

/**
 * What a failed call means to us: the store is away, or holds something that is not ours. The original error is never kept:
 * the client hangs the arguments of the failed command on it, and those can be the password.
 */
export function storeError(doing: string, error: unknown): NewleafError {
  if (error instanceof NewleafError) return error;
  if (error instanceof z.ZodError)
    return new NewleafError('store.unreadable', `${doing}: the reply is not as expected`);
  const said = safeText(error);
  const reason = said.split(' ', 1)[0] ?? '';
  if (reason === 'WRONGTYPE') {
    return new NewleafError('store.unreadable', `${doing}: its key holds another kind of value`, {
      fields: { reason },
    });
  }
  return new NewleafError('store.unavailable', `${doing}: ${said}`, { fields: { reason } });
}

/** The message without the arguments that a server may repeat in it. */
export function safeText(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const [head] = error.message.split(/,? with args/, 1);
  return (head === undefined || head === '' ? error.name : head).slice(0, 200);
}
