/**
 * Works on all items, at most `limit` at a time; the results come in the items' order. The first failure rejects, and no
 * further item is begun.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const queue = items.entries();
  const results: (readonly [number, R])[] = [];
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results.push([index, await work(item)]);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results.toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
