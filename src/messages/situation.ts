import { consoleUrl } from '../api/console-url.ts';
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
  readonly console: string;
  readonly nothing: string;
  readonly unknown: string;
  readonly slot: (slot: Slot) => string;
  readonly serves: (where: string, leaf: string) => string;
  readonly old: (leaf: string) => string;
  readonly fresh: (leaf: string) => string;
  readonly more: (count: number) => string;
  /** Puts a label and what belongs to it into one line. */
  readonly line: (label: string, text: string) => string;
}

const mostServed = 12;

/** What is bound, was and shall be, what each endpoint serves, the last code, and where the console shows it. */
export function situationLines(
  { situation, binding, from, to }: FactsOf<'rotation'>,
  words: SituationWords,
): readonly string[] {
  if (situation === undefined) return [];
  const { touched, bound, before, intended, served, code } = situation;
  const slots = (held: RecordedSlots | null): string =>
    held === null
      ? words.unknown
      : touched
          .map((slot) => `${words.slot(slot)} ${held[slot].join(', ') || words.nothing}`)
          .join('; ');
  const leafOf = ({ fingerprint256, reason }: ServedNow): string => {
    if (fingerprint256 === null) return reason ?? words.nothing;
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
    words.line(words.console, consoleUrl(binding.ref)),
  ];
}
