import type { Store, Versioned } from '../../ports/store.ts';

/** Every key with this prefix, with its value, over all pages. Not one instant: each page is as it was when read. */
export async function everyKey(store: Store, prefix: string): Promise<readonly Versioned[]> {
  const found: Versioned[] = [];
  let cursor: string | null = null;
  do {
    const { page, next }: Awaited<ReturnType<Store['list']>> = await store.list(prefix, cursor);
    found.push(...page);
    cursor = next;
  } while (cursor !== null);
  return found;
}
