import { readFileSync } from 'node:fs';
import { cast, type Role } from './cast.ts';
import type { Control } from './control.ts';
import { handshake, type Seen } from './handshake.ts';
import type { SandboxListener, SandboxReady, SandboxState } from './sandbox-shapes.ts';

/** What is so at one instant: as the sandbox knows it, and as the demo's own handshakes saw it. */
export interface Look {
  readonly state: SandboxState;
  /** By listener id: one handshake for each zone address. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
}

/** Looks at every listener of the cast. */
export async function look(
  control: Control,
  ready: SandboxReady,
  signal: AbortSignal,
): Promise<Look> {
  const state = await control.state();
  const rows = await Promise.all(
    cast.map(async ({ listenerId }): Promise<[string, readonly Seen[]]> => {
      return [listenerId, await lookAt(listenerId, state, ready, signal)];
    }),
  );
  return { state, seen: new Map(rows) };
}

/** One handshake with each zone address of a listener; none when the sandbox has no such listener. */
export async function lookAt(
  listenerId: string,
  state: SandboxState,
  ready: SandboxReady,
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const listener = listenerIn(state, listenerId);
  if (listener === null) return [];
  const serverName = serverNameOf(listener, state);
  const root = readFileSync(ready.rootCaFile, 'utf8');
  return Promise.all(
    listener.serving.map((point) => {
      const official = `${point.address}:${point.port}`;
      const address = ready.dial[official] ?? official;
      return handshake({ zone: point.zone, address, serverName, root }, signal);
    }),
  );
}

/** The first name of the certificate that is bound. */
export function serverNameOf(listener: SandboxListener, { certificates }: SandboxState): string {
  const bound = certificates.find(({ id }) => id === listener.slots.default);
  return bound?.names[0] ?? '';
}

export function listenerIn(state: SandboxState, listenerId: string): SandboxListener | null {
  return state.listeners.find(({ id }) => id === listenerId) ?? null;
}

/** What all zone addresses of the listener showed. */
export function seenOf({ seen }: Look, { listenerId }: Pick<Role, 'listenerId'>): readonly Seen[] {
  return seen.get(listenerId) ?? [];
}
