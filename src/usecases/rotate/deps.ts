import type { Millis } from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { ListenerRef, ListenerState } from '../../domain/listener.ts';
import type { Digest } from '../../domain/plan.ts';
import type { Wait } from '../../domain/planning.ts';
import type { Problem } from '../../domain/problem.ts';
import type { RotationRecord } from '../../domain/rotation.ts';
import type { Rules } from '../../domain/rules.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { Log } from '../../ports/log.ts';
import type { Prober } from '../../ports/prober.ts';
import type { AdmissionBook, Journal, Lease, Leases } from '../../ports/state.ts';

/** How patiently the executor talks to the cloud. All in milliseconds. */
export interface Pace {
  /** Between the two readings that must agree. */
  readonly readGap: Millis;
  /** Between two looks at a change under way. */
  readonly poll: Millis;
  /** The longest one cloud call may take, retries included: a write needs more lease than this. */
  readonly callTimeout: Millis;
  /** How long a change may stay under way before a person must look. */
  readonly jobDeadline: Millis;
  /** First pause after a failed call; it doubles each time, up to a minute. */
  readonly retryPause: Millis;
}

export interface RotateDeps {
  readonly accounts: ReadonlyMap<string, CloudAccount>;
  readonly prober: Prober;
  readonly journal: Journal;
  readonly admission: AdmissionBook;
  readonly leases: Pick<Leases, 'acquire'>;
  readonly clock: Clock;
  readonly rules: () => Rules;
  readonly sha256: Digest;
  readonly pace: Pace;
  readonly log: Log;
  /** Why the first write may not be sent now: policy, approval, window, freeze, hold, admission. Null: go on. */
  readonly startBlocker: (record: RotationRecord, state: ListenerState) => Promise<Wait | null>;
  /** Tells people; repeating it with the same problem says nothing new. */
  readonly raise: (problem: Problem) => Promise<void>;
  /** Takes a problem back by its key; an unknown key is fine. */
  readonly withdraw: (key: string) => Promise<void>;
}

/** What one execution holds while it runs. */
export interface Hands extends RotateDeps {
  readonly cloud: CloudAccount;
  readonly lease: Lease;
  /** Tokens of the intents that this very run has written or taken over. */
  readonly intents: Set<string>;
}

export function accountOf(deps: Pick<RotateDeps, 'accounts'>, name: string): CloudAccount {
  const account = deps.accounts.get(name);
  if (account !== undefined) return account;
  throw new NewleafError('not-found', 'the rotation names an account that is not configured', {
    fields: { account: name },
  });
}

/** The load balancer owns the quota and serialises changes, so it is what we lock. */
export function leaseOf({ account, loadBalancerId }: ListenerRef): string {
  return `load-balancer/${account}/${loadBalancerId}`;
}
