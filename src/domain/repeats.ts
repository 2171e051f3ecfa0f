import type { Change, Expectation } from './expectation.ts';

/** How often an endpoint is asked in each round about what changes, at least. */
const fewest = 3;

/**
 * The expectations, and those once more that tell whether an endpoint has taken over the change, where it has only one or two of
 * them: of nodes that take turns behind an address a single look would see one.
 */
export function withRepeats(
  expectations: readonly Expectation[],
  change: Change,
): readonly Expectation[] {
  const byEndpoint = new Map<string, Expectation[]>();
  for (const each of expectations) {
    if (!tells(each, change)) continue;
    const { address, port } = each.cell.endpoint;
    const key = `${address} ${port}`;
    byEndpoint.set(key, [...(byEndpoint.get(key) ?? []), each]);
  }
  const repeats = [...byEndpoint.values()].flatMap((telling) =>
    Array.from({ length: Math.ceil(fewest / telling.length) - 1 }, () => telling).flat(),
  );
  return [...expectations, ...repeats];
}

function tells({ wanted, was, client }: Expectation, change: Change): boolean {
  if (client.names !== null) return true;
  if (wanted.kind !== 'leaf') return false;
  const leaves = [change.old.fingerprint256, change.new.fingerprint256];
  const [expected, ...others] = wanted.anyOf;
  // While either leaf is right there is nothing to tell.
  if (others.length > 0) return false;
  return (
    leaves.includes(expected) || (was.kind === 'served' && leaves.includes(was.fingerprint256))
  );
}
