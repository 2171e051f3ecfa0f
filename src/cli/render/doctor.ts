import type { DoctorDocument } from '../../api/doctor.ts';
import { paint, type Io, type Paint } from '../io.ts';

type Check = DoctorDocument['checks'][number];
type State = Check['state'];

const tints: Readonly<Record<State, Paint>> = {
  ok: 'green',
  warning: 'yellow',
  failed: 'red',
  skipped: 'dim',
};

const stateWidth = 'skipped'.length;

/** A line for every check, what to do below it, and the count of what needs attention. */
export function renderDoctor(io: Pick<Io, 'color'>, { checks }: DoctorDocument): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map((check) => lineOf(io, check, width));
  return `${lines.join('')}\n${summary(checks)}\n`;
}

function lineOf(io: Pick<Io, 'color'>, check: Check, width: number): string {
  const state = paint(io, tints[check.state], check.state.padEnd(stateWidth));
  const line = `${state}  ${check.name.padEnd(width)}  ${check.detail}\n`;
  if (check.advice === undefined) return line;
  return `${line}${' '.repeat(stateWidth + width + 4)}→ ${check.advice}\n`;
}

function summary(checks: readonly Check[]): string {
  const count = (state: State): number => checks.filter((check) => check.state === state).length;
  const failures = count('failed');
  const warnings = count('warning');
  const rest = `${warnings} warning${warnings === 1 ? '' : 's'}, ${count('skipped')} skipped`;
  return failures === 0 ? `nothing failed; ${rest}` : `${failures} failed; ${rest}`;
}
