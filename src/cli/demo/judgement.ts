import type { Role } from './cast.ts';
import type { Seen } from './handshake.ts';
import { rotationOf, type Story } from './story.ts';

/** `open`: not decided yet; `why` says what is missing. */
export type Judgement =
  | { readonly verdict: 'held' }
  | { readonly verdict: 'open' | 'failed'; readonly why: string };

/** One thing that must be so for the demo to end well. */
export interface Expectation {
  readonly name: string;
  /** Whether it takes the last look to decide. */
  readonly last: boolean;
  readonly judge: (story: Story) => Judgement;
}

type LastLook = NonNullable<Story['after']>;

export const held: Judgement = { verdict: 'held' };

export function open(why: string): Judgement {
  return { verdict: 'open', why };
}

export function failed(why: string): Judgement {
  return { verdict: 'failed', why };
}

export function atLast(
  { after }: Pick<Story, 'after'>,
  judge: (last: LastLook) => Judgement,
): Judgement {
  return after === null ? open('the demo ended before its last look') : judge(after);
}

/** Whether the listener's rotation is over, and as wanted. */
export function ended(story: Story, role: Role, wanted: 'committed' | 'rolled-back'): Judgement {
  const rotation = rotationOf(story, role);
  if (rotation === null) return open('no rotation was started');
  const { outcome, phase, mismatches } = rotation;
  if (outcome !== null && outcome !== wanted) {
    const [first] = mismatches;
    const because = first === undefined ? '' : `: ${first.zone} ${first.address} ${first.kind}`;
    return failed(`the rotation ended as ${outcome}${because}`);
  }
  return phase === 'closed' ? held : open(`the rotation is still ${phase}`);
}

/** Whether every zone address showed this leaf, and clients would trust it as told. */
export function serves(
  seen: readonly Seen[],
  { fingerprint256, trusted }: Pick<Seen, 'fingerprint256' | 'trusted'>,
): Judgement {
  const wrong = seen.find((each) => each.fingerprint256 !== fingerprint256);
  if (wrong !== undefined) {
    const served = wrong.fingerprint256?.slice(0, 12) ?? `nothing (${wrong.problem ?? 'unknown'})`;
    return failed(`${wrong.zone} ${wrong.address} serves ${served}`);
  }
  const bad = seen.find((each) => each.trusted !== trusted);
  if (bad !== undefined) {
    return failed(`${bad.zone} ${bad.address}: ${bad.problem ?? 'clients trust it'}`);
  }
  return seen.length > 1 && fingerprint256 !== null ? held : failed('its zones were not seen');
}
