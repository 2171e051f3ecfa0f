import { codeOf, NewleafError } from '../../domain/errors.ts';
import type { Missing } from '../../domain/inventory.ts';
import type { Log } from '../../ports/log.ts';

/** What a failed read hides. The error names its action and the cloud's own code where it knows them. */
export function missingFrom(error: unknown, place: Omit<Missing, 'code'>): Missing {
  const { action, cloudCode } = error instanceof NewleafError ? error.fields : {};
  return {
    ...place,
    action: typeof action === 'string' ? action : place.action,
    code: typeof cloudCode === 'string' ? cloudCode : codeOf(error),
  };
}

/** Whether asking this account again in the same scan can only fail again. */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'cloud.denied' || code === 'cloud.credentials' || code === 'cloud.clock';
}

/** One line for everything that could not be read, whoever noticed. */
export function logMissing(log: Log, missing: readonly Missing[]): void {
  for (const { account, region, action, code, listener } of missing)
    log.warn(
      { account, region, action, code, listener: listener?.listenerId ?? null },
      'part of the scan could not be read',
    );
}
