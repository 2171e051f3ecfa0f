import type { BindingName, ProblemFacts } from './problem.ts';

/** Every binding that the problem affects. */
export function bindingsOf(facts: ProblemFacts): readonly BindingName[] {
  if ('bindings' in facts) return facts.bindings;
  return 'binding' in facts ? [facts.binding] : [];
}

/** The accounts that the problem is about; empty when it is about the daemon itself. */
export function accountsOf(facts: ProblemFacts): readonly string[] {
  const accounts = bindingsOf(facts).map(({ ref }) => ref.account);
  return [...new Set('account' in facts ? [facts.account, ...accounts] : accounts)];
}

/** The regions that the problem is about; empty when it is about none. */
export function regionsOf(facts: ProblemFacts): readonly string[] {
  const regions = bindingsOf(facts).map(({ ref }) => ref.region);
  return [...new Set('region' in facts ? [facts.region, ...regions] : regions)];
}
