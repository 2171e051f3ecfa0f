/**
 * Runs `work` one at a time. Asking while it runs makes it run once more afterwards, however often it was asked: whoever asks
 * is answered by a run that began after the question.
 */
export function serial(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    running = work().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    // Asked between the end of one run and the start of the next, which is then the answer.
    if (next !== null) return next;
    if (running === null) return start();
    next = running
      .catch(() => {})
      .then(() => {
        next = null;
        return start();
      });
    return next;
  };
}
