import type { ListenerState } from '../domain/listener.ts';
import { type ListenerMatch, matches, type Policy } from '../domain/policy.ts';
import type { Rules } from '../domain/rules.ts';

type Named = Pick<ListenerState, 'ref' | 'tags'>;

/** One key of a policy's match that does not name the listener. */
interface Missed {
  readonly key: string;
  readonly wanted: readonly string[];
  /** What the listener has there; null when it lacks the tag. */
  readonly actual: string | null;
}

export interface Explanation {
  /** The policy that applies. */
  readonly policy: Policy;
  /** The policies before it, in order, each with every key that does not match. */
  readonly passedOver: readonly { readonly policy: string; readonly missed: readonly Missed[] }[];
  /** Policies after it that match as well but come too late. */
  readonly alsoMatching: readonly string[];
}

/** Which policy applies to a listener, and why the earlier ones do not. */
export function explainListener(rules: Pick<Rules, 'policies'>, listener: Named): Explanation {
  const index = rules.policies.findIndex((policy) => matches(policy.match, listener));
  const policy = rules.policies[index];
  if (policy === undefined) {
    throw new RangeError('the policies lack the catch-all made from the defaults');
  }
  return {
    policy,
    passedOver: rules.policies
      .slice(0, index)
      .map(({ name, match }) => ({ policy: name, missed: missedKeys(match, listener) })),
    alsoMatching: rules.policies
      .slice(index + 1)
      .filter(({ match }) => matches(match, listener))
      .map(({ name }) => name),
  };
}

function missedKeys(match: ListenerMatch, { ref, tags }: Named): readonly Missed[] {
  const named = [
    { key: 'accounts', wanted: match.accounts, actual: ref.account },
    { key: 'regions', wanted: match.regions, actual: ref.region },
    { key: 'loadBalancers', wanted: match.loadBalancers, actual: ref.loadBalancerId },
    { key: 'listeners', wanted: match.listeners, actual: ref.listenerId },
  ];
  const missed = named.flatMap(({ key, wanted, actual }) =>
    wanted === undefined || wanted.includes(actual) ? [] : [{ key, wanted, actual }],
  );
  const tagsMissed = Object.entries(match.tags ?? {}).flatMap(([tag, wanted]) =>
    tags[tag] === wanted
      ? []
      : [{ key: `tags.${tag}`, wanted: [wanted], actual: tags[tag] ?? null }],
  );
  return [...missed, ...tagsMissed];
}
