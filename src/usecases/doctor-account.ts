import { codeOf, type ErrorCode } from '../domain/errors.ts';
import type { ActionTrial, CloudAccount } from '../ports/listeners.ts';
import { type Check, failed, ok, skipped, told } from './doctor-check.ts';
import { judgeSkew } from './doctor-clock.ts';

const advices: Partial<Readonly<Record<ErrorCode, string>>> = {
  'cloud.credentials':
    'set credentials of the account, or give this machine some that the official chain finds',
  'cloud.clock': 'synchronise the clock of this machine (NTP)',
  'cloud.unavailable': 'let this machine reach the endpoint, or correct cloud.endpoints',
  'cloud.timeout': 'let this machine reach the endpoint, or correct cloud.endpoints',
};

/** Who the credentials belong to. Rejects only when aborted. */
export async function checkIdentity(account: CloudAccount, signal: AbortSignal): Promise<Check> {
  const name = `identity ${account.name}`;
  try {
    const { accountId, arn } = await account.identity(signal);
    return ok(name, `account ${accountId} as ${arn}`);
  } catch (error) {
    signal.throwIfAborted();
    return failed(name, told(error), advices[codeOf(error)] ?? null);
  }
}

/** Every action tried in one region. `rotates`: whether any policy may rotate. Rejects only when aborted. */
export async function checkActions(
  account: CloudAccount,
  given: { readonly region: string; readonly rotates: boolean },
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { region, rotates } = given;
  const options = { region, writes: rotates, details: rotates };
  const trials = await account.tryActions(options, signal);
  return trials.map((trial) => judgeTrial(`${account.name} ${region} ${trial.action}`, trial));
}

function judgeTrial(name: string, trial: ActionTrial): Check {
  const { verdict, ramAction, detail, code } = trial;
  switch (verdict) {
    case 'permitted':
      return ok(name, detail);
    case 'skipped':
      return skipped(name, detail);
    case 'denied':
      return failed(
        name,
        `denied with ${code ?? 'no code'}`,
        `allow ${ramAction} in the RAM policy (docs/ram/ has complete ones)`,
      );
    case 'failed':
      return failed(name, detail, adviceFor(code));
  }
}

function adviceFor(code: string | null): string | null {
  if (code === 'cloud.unavailable' || code === 'cloud.timeout') return advices[code] ?? null;
  if (code?.startsWith('InvalidTimeStamp') === true) return advices['cloud.clock'] ?? null;
  return null;
}

/** Our clock against the cloud's, by the replies so far. */
export function checkCloudClock({ name, listeners }: CloudAccount): Check {
  const check = `clock of the cloud (${name})`;
  const skewMs = listeners.skewMs();
  if (skewMs === null) return skipped(check, 'the cloud has not answered');
  return judgeSkew(check, "the cloud's clock", skewMs);
}
