import type { Millis } from './certificate.ts';
import type { Expectation } from './expectation.ts';
import { judgeCell, pairUp } from './matrix.ts';
import { blamesCandidate, type Matrix, type Mismatch, type Verification } from './verification.ts';

/** How a proof is going: rounds made, and how many of the last ones agreed. */
export interface RoundTally {
  readonly rounds: number;
  /** Rounds in a row in which every cell was as expected. */
  readonly agreeing: number;
  /** Rounds in a row that nothing but the candidate explains: no cell is stale, and some blame it. */
  readonly condemning: number;
  readonly mismatches: readonly Mismatch[];
}

export const noRounds: RoundTally = { rounds: 0, agreeing: 0, condemning: 0, mismatches: [] };

/** Adds one round of fresh handshakes. */
export function tally(
  sofar: RoundTally,
  expectations: readonly Expectation[],
  seen: Matrix,
): RoundTally {
  const mismatches = pairUp(expectations, seen).flatMap(({ expected, sight }) => {
    const mismatch = judgeCell(expected, sight);
    return mismatch === null ? [] : [mismatch];
  });
  const condemns = mismatches.some(blamesCandidate) && mismatches.every((m) => m.kind !== 'stale');
  return {
    rounds: sofar.rounds + 1,
    agreeing: mismatches.length === 0 ? sofar.agreeing + 1 : 0,
    condemning: condemns ? sofar.condemning + 1 : 0,
    mismatches: distinct(mismatches),
  };
}

/** A cell that is asked more than once is told once. */
function distinct(mismatches: readonly Mismatch[]): readonly Mismatch[] {
  const byText = new Map(mismatches.map((mismatch) => [JSON.stringify(mismatch), mismatch]));
  return [...byText.values()];
}

export interface ProofBounds {
  /** Agreeing rounds in a row that make a proof. */
  readonly rounds: number;
  /** Not before this instant may it count as proven: a rollback must settle first. */
  readonly notBefore: Date;
  readonly deadline: Date;
  readonly gap: Millis;
  /** Whether rounds that only the candidate explains end the proof early. Not when it is on its way out: waiting costs nothing then. */
  readonly condemns: boolean;
}

/**
 * The verdict, or null while another round is needed. A fault that only the candidate explains does not wait for the
 * deadline: every second of it is a broken front door. At least `rounds` rounds are made, however late we come.
 */
export function verdictOf(
  sofar: RoundTally,
  bounds: ProofBounds,
  now: Date,
  cells: number,
): Verification | null {
  const { rounds, mismatches } = sofar;
  if (sofar.agreeing >= bounds.rounds && now >= bounds.notBefore) {
    return { verdict: 'proven', cells, rounds };
  }
  if (bounds.condemns && sofar.condemning >= bounds.rounds)
    return { verdict: 'disproven', mismatches, rounds };
  const late = now >= bounds.deadline && rounds >= bounds.rounds;
  // Agreement under way may finish: with many names one round takes minutes, and going back would undo what works.
  if (!late || sofar.agreeing > 0) return null;
  return { verdict: 'disproven', mismatches, rounds };
}
