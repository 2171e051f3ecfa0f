import type { Mismatch } from '../domain/verification.ts';
import { because } from './en-reasons.ts';
import { listener, more } from './en-words.ts';
import type { FactsOf, Telling } from './messages.ts';
import { situationLines, type SituationWords } from './situation.ts';
import { capped, short } from './words.ts';

type Ended = FactsOf<'rotation'>;

/** How a rotation ended, in English. */
export function rotation(facts: Ended): Telling {
  const { binding, rotationId, detail, mismatches } = facts;
  const seen = capped(mismatches.map(mismatch), 5, more);
  const facing = [...(detail === '' ? [] : [`${detail}.`]), ...seen];
  const { title, what, next } = endings[facts.outcome](facts, facing.length === 0);
  return {
    title: `${listener(binding)} ${title}`,
    over: `${listener(binding)}: rotation ${rotationId} no longer needs attention`,
    what: [what, ...facing, ...situationLines(facts, words)],
    next: [next],
  };
}

const words: SituationWords = {
  bound: 'Bound',
  before: 'Before',
  intended: 'Intended',
  code: 'Last code',
  nothing: 'nothing',
  unknown: 'not known',
  slot: (slot) => slot,
  serves: (where, leaf) => `${where} serves ${leaf}`,
  old: (leaf) => `the old leaf ${leaf}`,
  fresh: (leaf) => `the new leaf ${leaf}`,
  silent: (reason) => reason,
  and: ', ',
  between: '; ',
  more,
  line: (label, text) => `${label}: ${text}`,
};

type Ending = (facts: Ended, clean: boolean) => Readonly<Record<'title' | 'what' | 'next', string>>;

const endings: Readonly<Record<Ended['outcome'], Ending>> = {
  committed: ({ from, to }, clean) => ({
    title: clean ? 'has its new certificate' : 'has changed since its rotation',
    what: `Certificate ${to.id} took the place of ${from.id}.`,
    next: 'newleaf looks again after 2 and after 15 minutes.',
  }),
  'rolled-back': ({ from, to }) => ({
    title: 'was rolled back to its old certificate',
    what: `Certificate ${to.id} did not pass the proof; ${from.id} is back in place.`,
    next: 'newleaf does not try the same again by itself before the cause is gone.',
  }),
  refused: ({ from, to, reason }) => ({
    title: `was not rotated: ${because(reason)}`,
    what: `Nothing was touched: ${from.id} stays, ${to.id} waits.`,
    next: 'newleaf plans it again as soon as nothing stands against it.',
  }),
  'needs-operator': ({ from, to, reason, bound, requestId, situation }) => ({
    title: `needs an operator: ${because(reason)}`,
    what: `Certificate ${from.id} was to become ${to.id}${situation === undefined ? `; bound is ${bound?.join(', ') ?? 'not known'}` : ''}; last request id ${requestId ?? 'none'}.`,
    next: 'newleaf leaves this listener alone until someone has decided.',
  }),
};

function mismatch({ kind, zone, address, serverName, expected, served }: Mismatch): string {
  const asked = serverName === null ? '' : ` for ${serverName}`;
  return `${zone} ${address}${asked}: ${kind}, expected ${short(expected)}, saw ${short(served)}`;
}
