import { z } from 'zod';
import type { RotationDocument, RotationSummary } from '../../api/rotation.ts';
import { paint, type Io, type Paint } from '../io.ts';
import { stepsText } from './steps.ts';
import { table } from './table.ts';

type Entry = RotationDocument['journal'][number];
type Outcome = RotationSummary['outcome'];

const tints: Readonly<Record<NonNullable<Outcome>, Paint>> = {
  committed: 'green',
  'rolled-back': 'yellow',
  refused: 'yellow',
  'needs-operator': 'red',
};

/** The rotation as a person reads it: what, how it ended and why, then the timeline. */
export function renderRotation(io: Io, rotation: RotationDocument): string {
  const { outcome, phase } = rotation;
  const end = outcome === null ? phase : paint(io, tints[outcome], outcome);
  const why = rotation.detail === null ? '' : `: ${rotation.detail}`;
  const lines = [
    `rotation ${rotation.rotationId}  ${end}${why}`,
    `listener ${rotation.listenerId} of ${rotation.loadBalancerName || rotation.loadBalancerId} (${rotation.account}, ${rotation.region})`,
    `${stepsText(rotation.steps)}from ${rotation.from} to ${rotation.to}, plan ${rotation.planHash.slice(0, 12)}, policy ${rotation.policy}`,
    ...rotation.blind.map((endpoint) => `not proven: ${endpoint} is outside the vantage`),
    ...gapLines(rotation),
    ...mismatchLines(rotation),
    '',
    ...rotation.journal.map(timelineLine),
    ...nextSteps(rotation),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderRotations(io: Io, rotations: readonly RotationSummary[]): string {
  if (rotations.length === 0) return 'no rotations so far\n';
  return table<RotationSummary>(
    [
      { title: 'ADMITTED', text: (row) => row.admittedAt },
      { title: 'ROTATION', text: (row) => row.rotationId },
      { title: 'LISTENER', text: (row) => row.listenerId },
      { title: 'FROM', text: (row) => row.from },
      { title: 'TO', text: (row) => row.to },
      {
        title: 'OUTCOME',
        text: (row) => row.outcome ?? row.phase,
        tint: (row, text) => (row.outcome === null ? text : paint(io, tints[row.outcome], text)),
      },
      { title: 'WHY', text: (row) => row.reason ?? '' },
    ],
    rotations,
  );
}

/** One sentence for each event; events of later releases show their kind. */
export function timelineLine(entry: Entry): string {
  return `${entry.at}  ${entry.kind.padEnd(14)}  ${sentence(entry)}`.trimEnd();
}

function gapLines({ gap }: RotationDocument): readonly string[] {
  if (gap === null) return [];
  const length =
    gap.millis === null
      ? 'nobody has seen the end of it'
      : `at most ${(gap.millis / 1000).toFixed(1)} s`;
  return [`gap: neither certificate was bound from ${gap.since}, ${length}`];
}

function mismatchLines(rotation: RotationDocument): readonly string[] {
  if (rotation.outcome === 'committed') return [];
  return rotation.mismatches.map((mismatch) => {
    const name = mismatch.serverName ?? 'no server name';
    const served = mismatch.served === null ? 'nothing' : mismatch.served.slice(0, 16);
    const detail = mismatch.detail === null ? '' : ` (${mismatch.detail})`;
    return `${mismatch.kind}: ${mismatch.zone} ${mismatch.address} served ${served} for ${name}${detail}`;
  });
}

function nextSteps(rotation: RotationDocument): readonly string[] {
  if (rotation.outcome !== 'needs-operator' || rotation.resolvedAs !== null) return [];
  return [
    '',
    ...boundLines(rotation),
    `the listener is on hold. look at it (newleaf verify ${rotation.listenerId}), then say what is bound now:`,
    `  newleaf resolve ${rotation.rotationId} --as old|new|other --note "what you saw"`,
  ];
}

const BoundThen = z.object({
  default: z.array(z.string()),
  additional: z.array(z.string()),
  ca: z.array(z.string()),
});

function boundLines({ journal }: RotationDocument): readonly string[] {
  const asked = journal.findLast(({ kind }) => kind === 'needs-operator');
  if (asked === undefined) return [];
  const bound = BoundThen.safeParse(asked['bound']);
  if (!bound.success) return [`nobody could read what was bound at ${asked.at}`];
  const slots = Object.entries(bound.data).filter(([, ids]) => ids.length > 0);
  const held = slots.map(([slot, ids]) => `${slot} ${ids.join(' and ')}`).join(', ');
  return [`bound at ${asked.at}: ${held === '' ? 'nothing' : held}`];
}

function sentence(entry: Entry): string {
  const word = (name: string): string => {
    const value = entry[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  switch (entry.kind) {
    case 'baseline':
      return `${size(entry['matrix'])} handshakes recorded before anything is touched`;
    case 'landed':
      return 'the new certificate was already in place';
    case 'intended':
      return `${word('direction')} of step ${word('step')}, attempt ${word('attempt')}`;
    case 'resumed':
      return 'another run goes on: the write may have been sent already';
    case 'called':
      return `${word('direction')} accepted, request ${word('requestId')}`;
    case 'call-failed':
      return `${word('direction')} failed: ${failureOf(entry)}`;
    case 'job-failed':
      return `${word('direction')} accepted, then failed: ${word('detail')}`;
    case 'settled':
      return `the listener reads as the ${word('direction')} wants it`;
    case 'verified':
      return `${word('direction')} ${verdictOf(entry)}`;
    case 'looked-again':
      return `${Number(entry['after']) / 60_000} min later: ${verdictOf(entry)}`;
    case 'relapsed':
      return 'a late write of ours landed: it is put back again';
    case 'committed':
      return `the new certificate ${entry['foundDone'] === true ? 'was found in place and is' : 'is in place and'} proven`;
    case 'rolled-back':
      return 'the old certificate is back in place and proven';
    case 'closed':
      return 'all that the outcome causes is done';
    case 'resolved':
      return `as ${word('as')} by ${word('by')}: ${word('note')}`;
    default:
      return word('detail');
  }
}

function verdictOf(entry: Entry): string {
  const proof = entry['verification'];
  if (typeof proof !== 'object' || proof === null || !('verdict' in proof)) return '';
  const rounds = 'rounds' in proof ? ` in ${String(proof.rounds)} rounds` : '';
  return `${String(proof.verdict)}${rounds}`;
}

function failureOf(entry: Entry): string {
  const failure = entry['failure'];
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return '';
  const cloud =
    'cloudCode' in failure && typeof failure.cloudCode === 'string' ? failure.cloudCode : null;
  return cloud ?? String(failure.code);
}

function size(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
