import type { ScanEvent } from '../usecases/scan/deps.ts';
import type { Io } from './io.ts';

export interface Progress {
  readonly show: (event: ScanEvent) => void;
  /** Takes the progress line away, so that the result stands alone. */
  readonly end: () => void;
}

const eraseLine = '\r\u001B[K';

/** One line that is drawn over, on a terminal only. */
export function openProgress(io: Io): Progress {
  if (!io.interactive) return { show: () => {}, end: () => {} };
  return {
    show: (event) => io.err(`${eraseLine}${sentence(event)}`),
    end: () => io.err(eraseLine),
  };
}

function sentence(event: ScanEvent): string {
  switch (event.kind) {
    case 'region-started':
      return `reading ${event.region} of ${event.account}`;
    case 'listeners-found':
      return `${event.region}: ${event.listeners} TLS listeners`;
    case 'probing-starts':
      return `${event.looks} handshakes with ${event.loadBalancers} load balancers${lasting(event.atLeast)}`;
    case 'probing':
      return `handshakes: ${event.done} of ${event.total} listeners`;
    case 'second-look':
      return `looking once more at ${event.listeners} listeners in ${Math.ceil(event.pause / 1000)} s`;
    case 'done':
      return `done: ${event.listeners} TLS listeners`;
  }
}

function lasting(millis: number | null): string {
  return millis === null ? '' : `, ${Math.ceil(millis / 1000)} s or more`;
}
