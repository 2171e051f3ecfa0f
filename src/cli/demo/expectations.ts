import { isDeepStrictEqual } from 'node:util';
import { cast, nameOf, type Role } from './cast.ts';
import { expectationsOf } from './checks.ts';
import { atLast, type Expectation, failed, held } from './judgement.ts';
import type { SandboxCall, SandboxState } from './sandbox-shapes.ts';
import type { Story } from './story.ts';

const signedOnce: Expectation = {
  name: 'alerts: each one is signed and arrives exactly once',
  last: true,
  judge: (story) =>
    atLast(story, () => {
      const ids = story.alerts.map(({ source, id }) => `${source} ${id}`);
      const twice = ids.find((id, at) => ids.indexOf(id) !== at);
      if (twice !== undefined) return failed(`${twice} came twice`);
      const [refused] = story.refused;
      return refused === undefined ? held : failed(`the receiver got ${refused}`);
    }),
};

const untouched: Expectation = {
  name: 'sandbox: nothing but these rotations changed anything',
  last: true,
  judge: (story) =>
    atLast(story, ({ state, calls }) => {
      const write = calls.find((call) => !isExpected(call));
      if (write !== undefined) return failed(`${write.action} was called`);
      const again = story.rotations.find((each) => each !== firstOf(story, each.listenerId));
      if (again !== undefined) return failed(`${nameOf(again.listenerId)} was rotated twice`);
      return isDeepStrictEqual(constantsOf(state), constantsOf(story.before.state))
        ? held
        : failed('settings that no rotation is about have changed');
    }),
};

/** Everything that must be so in the end, in the order in which it is told. */
const expectations: readonly Expectation[] = [
  ...cast.flatMap(expectationsOf),
  signedOnce,
  untouched,
];

export interface Result {
  readonly name: string;
  readonly held: boolean;
  /** Why it did not hold; null when it did. */
  readonly why: string | null;
}

/** The final judgement: what is undecided now has failed. */
export function resultsOf(story: Story): readonly Result[] {
  return expectations.map(({ name, judge }) => {
    const judgement = judge(story);
    return judgement.verdict === 'held'
      ? { name, held: true, why: null }
      : { name, held: false, why: judgement.why };
  });
}

/** Whether nothing more is to be waited for before the last look. */
export function isDecided(story: Story): boolean {
  return expectations.every(({ last, judge }) => last || judge(story).verdict !== 'open');
}

function isExpected({ action, params }: SandboxCall): boolean {
  if (/^(?:Get|List|Describe)/.test(action)) return true;
  return (
    action === 'UpdateListenerAttribute' &&
    cast.some((role) => mayBeWritten(role) && role.listenerId === params.ListenerId)
  );
}

function mayBeWritten({ ending }: Role): boolean {
  return ending !== 'no-replacement';
}

function firstOf({ rotations }: Story, listenerId: string): Story['rotations'][number] | undefined {
  return rotations.find((each) => each.listenerId === listenerId);
}

/** All of the sandbox but the certificate bound and served where a rotation was to end well. */
function constantsOf({ listeners, ...rest }: SandboxState): unknown {
  const rotated = cast.filter(({ ending }) => ending === 'rotated');
  return {
    ...rest,
    listeners: listeners.map(({ slots, serving, ...settings }) =>
      rotated.some(({ listenerId }) => listenerId === settings.id)
        ? { ...settings, slots: { ...slots, default: null } }
        : { ...settings, slots, serving },
    ),
  };
}
