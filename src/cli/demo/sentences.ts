import { z } from 'zod';
import type { RotationDocument } from '../../api/rotation.ts';
import type { ScanDocument } from '../../api/scan.ts';
import { lengthOf, short } from '../../messages/words.ts';
import type { Paint } from '../io.ts';
import type { Seen } from './handshake.ts';

type Entry = RotationDocument['journal'][number];
type Binding = ScanDocument['bindings'][number];

export interface Sentence {
  readonly text: string;
  readonly how?: Paint;
}

const Mismatches = z.array(
  z.object({ kind: z.string(), zone: z.string(), detail: z.string().nullable() }),
);
type Mismatches = z.infer<typeof Mismatches>;

/** The parts of an event that are told. */
const Event = z.object({
  direction: z.string().catch('swap'),
  detail: z.string().catch(''),
  matrix: z.array(z.object({ address: z.string() })).catch([]),
  verification: z
    .discriminatedUnion('verdict', [
      z.object({ verdict: z.literal('proven'), cells: z.int(), rounds: z.int() }),
      z.object({ verdict: z.literal('disproven'), mismatches: Mismatches }),
    ])
    .nullable()
    .catch(null),
  failure: z.object({ code: z.string() }).catch({ code: 'unknown' }),
});
type Event = z.infer<typeof Event>;

/** What one event of a rotation's Journal means to somebody who sees newleaf for the first time; null for what says nothing new. */
export function entrySentence(rotation: RotationDocument, entry: Entry): Sentence | null {
  const event = Event.parse(entry);
  const swap = event.direction === 'swap';
  switch (entry.kind) {
    case 'baseline':
      return { text: baseline(event) };
    case 'intended':
      return {
        text: swap
          ? `Asks the cloud to bind ${rotation.to} in place of ${rotation.from}.`
          : `Asks the cloud to bind ${rotation.from} again.`,
      };
    case 'call-failed':
      return { text: `The cloud did not take it: ${event.failure.code}.`, how: 'yellow' };
    case 'job-failed':
      return { text: `The cloud took it, and then failed: ${event.detail}.`, how: 'yellow' };
    case 'settled':
      return { text: 'The cloud says that it is done. Handshakes have the last word.' };
    case 'verified':
      return proof(event, swap);
    default:
      return endings[entry.kind] ?? null;
  }
}

const endings: Readonly<Record<string, Sentence>> = {
  landed: { text: 'The new certificate is in place already.' },
  committed: { text: 'Committed: the new certificate stays.', how: 'green' },
  'rolled-back': { text: 'Rolled back: the listener is as it was.', how: 'yellow' },
  refused: { text: 'Refused: nothing was touched.', how: 'yellow' },
  deferred: { text: 'Put off: it may not start now.' },
  'needs-operator': { text: 'On hold: a person has to decide.', how: 'red' },
};

function baseline({ matrix }: Event): string {
  const addresses = new Set(matrix.map(({ address }) => address)).size;
  return `Before touching anything: ${matrix.length} handshakes with ${addresses} zone addresses recorded.`;
}

function proof({ verification }: Event, swap: boolean): Sentence | null {
  if (verification === null) return null;
  if (verification.verdict === 'disproven') {
    return { text: `Not proven: ${complaints(verification.mismatches)}.`, how: 'red' };
  }
  const { cells, rounds } = verification;
  const leaf = swap ? 'the new leaf' : 'the old leaf again';
  return { text: `Proven: all ${cells} handshakes show ${leaf}, ${rounds} rounds in a row.` };
}

/** One clause for each kind of thing that is wrong, naming the zones. */
function complaints(mismatches: Mismatches): string {
  const kinds = [...new Set(mismatches.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const same = mismatches.filter((each) => each.kind === kind);
      const zones = [...new Set(same.map(({ zone }) => zone))].join(' and ');
      const detail = same[0]?.detail ?? null;
      return `${zones} ${whatIsWrong(kind)}${detail === null ? '' : ` (${detail})`}`;
    })
    .join('; ');
}

function whatIsWrong(kind: string): string {
  switch (kind) {
    case 'untrusted':
      return 'serve what clients turn away';
    case 'stale':
      return 'still served the old leaf';
    case 'not-answering':
      return 'did not answer';
    default:
      return `was wrong: ${kind.replaceAll('-', ' ')}`;
  }
}

/** What the scan says about one binding. */
export function bindingSentence(binding: Binding, now: Date): string {
  const left =
    binding.notAfter === null ? 'end unknown' : lifeLeft(new Date(binding.notAfter), now);
  return `${binding.loadBalancerName.padEnd(8)}${binding.names.join(', ')}: ${left} (${binding.severity})`;
}

/** What the demo's own handshakes saw on one listener. */
export function seenSentence(name: string, seen: readonly Seen[], now: Date): string {
  const [first] = seen;
  const end = first?.notAfter ?? null;
  const left = end === null ? '' : `, ${lifeLeft(end, now)}`;
  return `${name.padEnd(8)}${seen.length} addresses serve leaf ${leavesOf(seen)}${left}`;
}

/** The leaf that all show, short; several when zones differ. */
export function leavesOf(seen: readonly Seen[]): string {
  const leaves = new Set(seen.map((each) => short(each.fingerprint256)));
  return [...leaves].join(' / ') || '?';
}

/** `29 days left`, `20 hours left`, `expired 3 hours ago`. */
function lifeLeft(end: Date, now: Date): string {
  const ms = end.getTime() - now.getTime();
  const length = lengthOf(ms);
  const said =
    length.unit === 'less-than-an-hour' ? 'less than an hour' : `${length.count} ${length.unit}`;
  return ms > 0 ? `${said} left` : `expired ${said} ago`;
}
