import { openAdmission } from '../../src/adapters/state/admission.ts';
import { openAuditTrail } from '../../src/adapters/state/audit/open.ts';
import { openJournal } from '../../src/adapters/state/journal.ts';
import { openOperatorState } from '../../src/adapters/state/operator.ts';
import type { Millis } from '../../src/domain/certificate.ts';
import { applyOutcome } from '../../src/domain/consequence.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { listenerKey } from '../../src/domain/listener.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { JournalEvent } from '../../src/domain/rotation.ts';
import type { Rules } from '../../src/domain/rules.ts';
import { candidateOf } from '../../src/domain/trial.ts';
import type { AdmitDeps } from '../../src/usecases/admit.ts';
import type { RequestDeps } from '../../src/usecases/request.ts';
import { aPolicy, after, days, today } from './facts.ts';
import { fleet, sha256 } from './plannings.ts';
import { testRules } from './rotation-world.ts';
import { memoryStore, quietLog } from './store.ts';
import { replacedBy } from '../../src/usecases/rotate/close.ts';

/** Replicas of a daemon that share one store: the real books on a store in memory, with a clock that tests move. */
export class AdmissionWorld {
  readonly store = memoryStore();
  now = today;
  skew: Millis | null = null;
  inventory: Inventory;
  rules: Rules;
  /** Rotation ids as the dispatcher was hinted at them. */
  readonly hints: string[] = [];
  #ids = 0;

  constructor(inventory = fleet(1), policy: Partial<Policy> = {}) {
    this.inventory = inventory;
    this.rules = { ...testRules, policies: [aPolicy(policy)] };
  }

  readonly admission = openAdmission(this.store);
  readonly operator = openOperatorState(this.store);
  readonly entropy = { id: () => String((this.#ids += 1)).padStart(32, '0'), fraction: () => 0 };
  readonly audit = openAuditTrail({ store: this.store, sha256 });
  readonly journal = openJournal({
    store: this.store,
    clock: { now: () => this.now, monotonic: () => 0, sleep: async () => {} },
    entropy: this.entropy,
  });

  deps(overrides: Partial<AdmitDeps> = {}): AdmitDeps & RequestDeps {
    return {
      inventory: { read: async () => this.inventory },
      admission: this.admission,
      operator: this.operator,
      journal: this.journal,
      audit: this.audit,
      dispatcher: { rotation: async (id) => void this.hints.push(id) },
      rules: () => this.rules,
      clock: { now: () => this.now },
      entropy: this.entropy,
      sha256,
      skewMs: async () => this.skew,
      additionalLimit: () => 25,
      log: quietLog,
      ...overrides,
    };
  }

  pass(length: Millis): void {
    this.now = after(this.now, length);
  }

  /** Ends a rotation as the executor does: the terminal entry, its consequence, `closed`. */
  async end(rotationId: string, event: JournalEvent): Promise<void> {
    const stored = await this.journal.read(rotationId);
    if (stored === null) throw new Error(`no rotation ${rotationId}`);
    const { kind } = event;
    if (
      kind !== 'committed' &&
      kind !== 'refused' &&
      kind !== 'deferred' &&
      kind !== 'needs-operator'
    )
      throw new Error(`${kind} does not end a rotation`);
    const { plan } = stored.record;
    await this.journal.append(rotationId, event, stored.entries.length);
    await this.admission.update((admission) => ({
      next: applyOutcome(admission, {
        rotationId,
        listener: listenerKey(plan.ref),
        candidate: candidateOf(plan),
        outcome: kind,
        blamesCandidate: false,
        reason: kind,
        now: this.now,
        quarantine: days(7),
        replaced: replacedBy(stored.record),
      }),
      result: null,
    }));
    await this.journal.append(rotationId, { kind: 'closed' }, stored.entries.length + 1);
  }
}
