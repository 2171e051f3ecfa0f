import type { Millis } from './certificate.ts';
import { applyStep, type RecordedSlots, type RotationPlan } from './plan.ts';
import type {
  CallFailure,
  JournalEntry,
  OperatorReason,
  Outcome,
  Phase,
  RotationRecord,
  Write,
} from './rotation.ts';
import type { Matrix, Verification } from './verification.ts';

/** How far one write has come. `call` tells what we know of the request that carries it. */
export interface WriteStage {
  readonly kind: 'write';
  readonly write: Write;
  readonly call: 'idle' | 'intended' | 'called';
  readonly token: string | null;
  readonly job: string | null;
  /** When the last event of this write was journaled. */
  readonly since: Date;
  /** Calls of this attempt that failed. */
  readonly failures: number;
  /** Whether one of them, or one that nobody wrote down, may have been received all the same. */
  readonly uncertain: boolean;
}

/** Where the Journal leaves us. */
export type Stage =
  | { readonly kind: 'start' }
  | { readonly kind: 'landed' }
  | WriteStage
  | {
      readonly kind: 'prove';
      readonly direction: Write['direction'];
      readonly step: number;
      /** When the step's completion was read: deadlines run from here. */
      readonly since: Date;
    }
  | { readonly kind: 'proven'; readonly foundDone: boolean }
  | { readonly kind: 'restored' }
  | { readonly kind: 'refused'; readonly failure: CallFailure }
  | { readonly kind: 'ask'; readonly reason: OperatorReason }
  | { readonly kind: 'ended' };

export interface Ending {
  /** Null when the rotation was deferred: nothing came of it. */
  readonly outcome: Outcome | null;
  readonly entry: JournalEntry;
}

/** A rotation as its Journal tells it. */
export interface Rotation {
  readonly record: RotationRecord;
  /** How many entries have been folded: the place of the next one. */
  readonly length: number;
  readonly stage: Stage;
  readonly baseline: { readonly matrix: Matrix; readonly version: string } | null;
  readonly blind: readonly string[];
  /** Whether any write of ours may have reached the cloud. */
  readonly touched: boolean;
  /** Steps that are done and not undone, by number. */
  readonly done: readonly number[];
  /** Steps that may still land: a write of ours was sent and nothing ever told what became of it. */
  readonly loose: readonly number[];
  /** Whether the old leaf was worth going back to at the last verdict; null before the first. */
  readonly oldUsable: boolean | null;
  readonly swapProof: Verification | null;
  readonly restoreProof: Verification | null;
  /** From when until when at most the listener held neither certificate; `until` null: nobody has seen the end. Null: at no time. */
  readonly gap: { readonly since: Date; readonly until: Date | null } | null;
  /** How often a restored slot left its state again before the rollback closed. */
  readonly relapses: number;
  readonly lastFailure: CallFailure | null;
  readonly lastRequestId: string | null;
  readonly ending: Ending | null;
  readonly resolution: Extract<JournalEntry, { kind: 'resolved' }> | null;
  readonly closed: boolean;
  readonly secondLooks: readonly { readonly after: Millis; readonly verification: Verification }[];
}

export function newRotation(record: RotationRecord): Rotation {
  return {
    record,
    length: 0,
    stage: { kind: 'start' },
    baseline: null,
    blind: [],
    touched: false,
    done: [],
    loose: [],
    oldUsable: null,
    swapProof: null,
    restoreProof: null,
    gap: null,
    relapses: 0,
    lastFailure: null,
    lastRequestId: null,
    ending: null,
    resolution: null,
    closed: false,
    secondLooks: [],
  };
}

/** The slots as they must read once the first `steps` steps are done. */
export function slotsAfter(plan: RotationPlan, steps: number): RecordedSlots {
  return plan.steps.slice(0, steps).reduce(applyStep, plan.recorded);
}

const phases: Readonly<Record<Stage['kind'], Phase>> = {
  start: 'admitted',
  landed: 'verifying',
  write: 'swapping',
  prove: 'verifying',
  proven: 'verifying',
  restored: 'finished',
  refused: 'finished',
  ask: 'finished',
  ended: 'finished',
};

export function phaseOf(rotation: Rotation): Phase {
  if (rotation.closed) return 'closed';
  const { stage } = rotation;
  if (stage.kind === 'write' && stage.write.direction === 'restore') return 'restoring';
  if (stage.kind === 'prove' && stage.direction === 'restore') return 'verifying-restore';
  return phases[stage.kind];
}

/** Whether the last look showed something else than the outcome says. */
export function isAlarmed({ secondLooks }: Rotation): boolean {
  return secondLooks.at(-1)?.verification.verdict === 'disproven';
}

export function outcomeOf(rotation: Rotation): Outcome | null {
  return rotation.ending?.outcome ?? null;
}
