import { codeOf, type ErrorCode } from '../../domain/errors.ts';
import type { ActionTrial } from '../../ports/listeners.ts';
import type { Caller } from './call.ts';
import { type CallName, cloudCodeOf } from './errors.ts';
import type { Reply } from './replies.ts';

/** What to try: either a call, or the reason why there is none to make. */
export type Attempt<T> =
  | {
      readonly action: string;
      readonly send: () => Promise<Reply>;
      readonly read: Reader<T>;
      readonly dryRun?: boolean;
    }
  | { readonly action: string; readonly skip: string };

/** Turns a reply's body into our words. */
export type Reader<T> = (body: unknown, call: CallName) => T;

/**
 * Refusals that only somebody who is allowed to ask gets: the dry run passed, the values are there already, the thing asked for
 * does not exist, somebody else is changing it.
 */
const pastTheGate: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'cloud.dry-run-passed',
  'cloud.already-associated',
  'cloud.not-associated',
  'cloud.certificate-not-found',
  'cloud.not-found',
  'cloud.conflict',
  'cloud.quota',
]);

/** Failures that every further call to the same product would meet again, after the same wait. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'cloud.credentials',
  'cloud.clock',
  'cloud.unavailable',
  'cloud.timeout',
  'cloud.unreadable',
]);

/** The trials of one product. Once one fails for a reason that holds for all, the others are not tried. */
export class Trials {
  readonly results: ActionTrial[] = [];
  readonly #caller: Caller;
  readonly #place: { readonly region: string; readonly prefix: string };
  readonly #signal: AbortSignal;
  #gaveUp: string | null = null;

  constructor(caller: Caller, place: { region: string; prefix: string }, signal: AbortSignal) {
    this.#caller = caller;
    this.#place = place;
    this.#signal = signal;
  }

  /** The answer; null when there is none. What came of it is in `results`. */
  async try<T>(attempt: Attempt<T>): Promise<T | null> {
    const { action } = attempt;
    if ('skip' in attempt) return this.#skip(action, attempt.skip);
    if (this.#gaveUp !== null) return this.#skip(action, this.#gaveUp);
    const { send, read, dryRun } = attempt;
    const { region } = this.#place;
    const kind = dryRun === true ? 'write' : 'read';
    try {
      const answer = await this.#caller.call({ kind, action, region, send, read }, this.#signal);
      const detail =
        dryRun === true ? 'dry run accepted; the values are those it already has' : 'answered';
      this.#add({ action, verdict: 'permitted', code: null, detail });
      return answer;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#judge(action, error, dryRun === true);
      return null;
    }
  }

  #judge(action: string, error: unknown, dryRun: boolean): void {
    const ours = codeOf(error);
    const code = cloudCodeOf(error) ?? ours;
    const message = error instanceof Error ? error.message : String(error);
    if (ours === 'cloud.denied') {
      this.#add({ action, verdict: 'denied', code, detail: message });
    } else if (pastTheGate.has(ours) || code.startsWith('OperationDenied.')) {
      this.#add({
        action,
        verdict: 'permitted',
        code,
        detail: `${dryRun ? 'dry run ' : ''}answered ${code}`,
      });
    } else {
      if (hopeless.has(ours)) this.#gaveUp = `not tried: ${action} already failed with ${code}`;
      this.#add({ action, verdict: 'failed', code, detail: message });
    }
  }

  #skip(action: string, detail: string): null {
    this.#add({ action, verdict: 'skipped', code: null, detail });
    return null;
  }

  #add(trial: Omit<ActionTrial, 'ramAction'>): void {
    this.results.push({ ...trial, ramAction: `${this.#place.prefix}:${trial.action}` });
  }
}
