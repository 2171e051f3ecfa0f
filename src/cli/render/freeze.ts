import type { FreezeDocument } from '../../api/freeze.ts';
import { paint, type Io } from '../io.ts';
import { type Column, table } from './table.ts';

const columns: readonly Column<FreezeDocument>[] = [
  { title: 'FREEZE', text: ({ name }) => name },
  { title: 'STATE', text: ({ state }) => state.replace('-', ' ') },
  { title: 'FROM', text: ({ from }) => toMinute(from) },
  { title: 'UNTIL', text: ({ until }) => toMinute(until) },
  { title: 'EMERGENCIES', text: ({ allowEmergency }) => (allowEmergency ? 'may pass' : 'wait') },
  { title: 'BY', text: ({ orderedBy }) => orderedBy ?? 'configuration' },
  { title: 'WHY', text: ({ reason }) => reason ?? '' },
];

/** Every freeze that is not over. */
export function renderFreezes(freezes: readonly FreezeDocument[]): string {
  return freezes.length === 0 ? 'no freeze is in force or coming\n' : table(columns, freezes);
}

/** One line for each freeze, as a note beside something else. */
export function freezeNotes(io: Io, freezes: readonly FreezeDocument[]): string {
  return freezes.map((freeze) => `${paint(io, 'yellow', 'freeze')} ${noteOf(freeze)}\n`).join('');
}

function noteOf({ name, state, from, until, allowEmergency, orderedBy, reason }: FreezeDocument) {
  const start = state === 'coming' ? `from ${toMinute(from)} ` : '';
  const who = orderedBy === null ? 'in the configuration' : `by ${orderedBy}: ${reason ?? ''}`;
  const exception = allowEmergency ? ', emergencies may pass' : '';
  return `${name} ${start}until ${toMinute(until)}${exception} (${who})`;
}

function toMinute(iso: string): string {
  return `${iso.slice(0, 16)}Z`;
}
