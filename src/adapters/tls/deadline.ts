/** One signal for both ways an attempt can be cut short: its deadline, and the caller giving up. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Must be called when the attempt is over, so that neither timer nor listener outlives it. */
  clear(): void;
}

export function openDeadline(millis: number, caller: AbortSignal): Deadline {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const timer = setTimeout(stop, millis);
  caller.addEventListener('abort', stop);
  if (caller.aborted) stop();
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      caller.removeEventListener('abort', stop);
    },
  };
}
