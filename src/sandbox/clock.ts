/** The sandbox's time, in milliseconds since 1970. It may be ahead of or behind the machine's. */
export interface SandboxClock {
  now(): number;
}

export function offsetClock(offsetMillis: number): SandboxClock {
  return { now: () => Date.now() + offsetMillis };
}
