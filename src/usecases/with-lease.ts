import type { Clock } from '../ports/clock.ts';
import type { Lease } from '../ports/state.ts';

/**
 * Runs `work` and keeps the lease alive meanwhile. `work` is aborted when the lease is lost; rejects with that, with the
 * signal's reason, or with what `work` rejects with.
 */
export async function withLease<T>(
  lease: Lease,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await lease.renew();
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = keepAlive(lease, clock, done.signal).catch((error: unknown) => {
    if (!done.signal.aborted) lost.abort(error);
  });
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    done.abort();
    await renewing;
  }
}

async function keepAlive(lease: Lease, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(Math.max(1, lease.remaining() / 2), signal);
    await lease.renew();
  }
}
