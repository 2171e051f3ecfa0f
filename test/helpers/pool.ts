/** Things that are costly to make, lent to one user at a time. */
export interface Pool<T> {
  /** Waits for a free one, lends it and takes it back. */
  use<R>(work: (free: T) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** A pool of at most `size`, each made when first needed. */
export function openPool<T>(
  size: number,
  make: () => Promise<T>,
  end: (made: T) => Promise<void>,
): Pool<T> {
  const made: Promise<T>[] = [];
  const free: Promise<T>[] = [];
  const waiting: ((turn: Promise<T>) => void)[] = [];
  const take = (): Promise<T> => {
    const next = free.pop();
    if (next !== undefined) return next;
    if (made.length < size) {
      const fresh = make();
      made.push(fresh);
      return fresh;
    }
    return new Promise<T>((resolve) => {
      waiting.push(resolve);
    });
  };
  return {
    use: async (work) => {
      const lent = await take();
      try {
        return await work(lent);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free.push(Promise.resolve(lent));
        else next(Promise.resolve(lent));
      }
    },
    close: async () => {
      for (const each of made) await end(await each);
    },
  };
}
