import type { Io } from './io.ts';

const eraseLine = '\r\u001B[K';

/** One line that is drawn over, on a terminal only. `end` takes it away, so that the result stands alone. */
export function openLine(io: Io): {
  readonly show: (text: string) => void;
  readonly end: () => void;
} {
  if (!io.interactive) return { show: () => {}, end: () => {} };
  return {
    show: (text) => io.err(`${eraseLine}${text}`),
    end: () => io.err(eraseLine),
  };
}
