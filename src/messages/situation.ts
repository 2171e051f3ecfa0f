import type { Slot } from '../domain/listener.ts';
import type { RecordedSlots } from '../domain/plan.ts';
import type { ServedNow } from '../domain/situation.ts';
import type { FactsOf } from './messages.ts';
import { capped, short } from './words.ts';

/** The words of one language for what a person needs who has to put a listener right. */
export interface SituationWords {
  readonly bound: string;
  readonly before: string;
  readonly intended: string;
  readonly code: string;
  readonly nothing: string;
  readonly unknown: string;
  readonly slot: (slot: Slot) => string;
  readonly serves: (where: string, leaf: string) => string;
  readonly old: (leaf: string) => string;
  readonly fresh: (leaf: string) => string;
  /** Why nothing was served. */
  readonly silent: (reason: string) => string;
  /** Between the certificates of a slot, and between slots. */
  readonly and: string;
  readonly between: string;
  readonly more: (count: number) => string;
  /** Puts a label and what belongs to it into one line. */
  readonly line: (label: string, text: string) => string;
}

const mostServed = 12;

/** What is bound, was and shall be, what each endpoint serves, and the last code. */
export function situationLines(
  { situation, from, to }: FactsOf<'rotation'>,
  words: SituationWords,
): readonly string[] {
  if (situation === undefined) return [];
  const { touched, bound, before, intended, served, code } = situation;
  const slots = (held: RecordedSlots | null): string =>
    held === null
      ? words.unknown
      : touched
          .map((slot) => `${words.slot(slot)} ${held[slot].join(words.and) || words.nothing}`)
          .join(words.between);
  const leafOf = ({ fingerprint256, reason }: ServedNow): string => {
    if (fingerprint256 === null) return reason === null ? words.nothing : words.silent(reason);
    if (fingerprint256 === from.fingerprint256) return words.old(short(fingerprint256));
    return fingerprint256 === to.fingerprint256
      ? words.fresh(short(fingerprint256))
      : short(fingerprint256);
  };
  const seen = served.map((look) => {
    const name = look.serverName === null ? '' : ` (${look.serverName})`;
    return words.serves(`${look.zone} ${look.address}${name}`, leafOf(look));
  });
  return [
    words.line(words.bound, slots(bound)),
    words.line(words.before, slots(before)),
    words.line(words.intended, slots(intended)),
    ...capped(seen, mostServed, words.more),
    ...(code === null ? [] : [words.line(words.code, code)]),
  ];
}
