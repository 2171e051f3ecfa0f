import type { Millis } from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { ListenerRef, ListenerState } from '../../domain/listener.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CloudAccount } from '../../ports/listeners.ts';

interface Reader {
  readonly cloud: CloudAccount;
  readonly clock: Clock;
  readonly pace: { readonly readGap: Millis; readonly poll: Millis; readonly jobDeadline: Millis };
}

/** Readings in a row that may differ before we say so instead of going on. */
const maxReadings = 12;

/**
 * Two readings in a row that agree: the API may lag behind a write for a moment. Null when both say the listener is gone.
 * Throws `cloud.busy` when no two readings agree.
 */
export async function readAgreed(
  reader: Reader,
  ref: ListenerRef,
  signal: AbortSignal,
): Promise<ListenerState | null> {
  let before = await reader.cloud.listeners.read(ref, signal);
  for (let reading = 1; reading < maxReadings; reading += 1) {
    await reader.clock.sleep(reader.pace.readGap, signal);
    const after = await reader.cloud.listeners.read(ref, signal);
    if (fingerprint(before) === fingerprint(after)) return after;
    before = after;
  }
  throw new NewleafError('cloud.busy', 'the listener reads differently every time', {
    fields: { listener: ref.listenerId },
  });
}

/** Like `readAgreed`, but waits until no change is under way. `'changing'` when that takes longer than a job may. */
export async function readAtRest(
  reader: Reader,
  ref: ListenerRef,
  signal: AbortSignal,
): Promise<ListenerState | null | 'changing'> {
  const deadline = reader.clock.monotonic() + reader.pace.jobDeadline;
  for (;;) {
    const began = reader.clock.monotonic();
    const state = await readAgreed(reader, ref, signal);
    if (state === null || !isChanging(state)) return state;
    if (began >= deadline) return 'changing';
    await reader.clock.sleep(reader.pace.poll, signal);
  }
}

/** True while the cloud is still applying something to this listener. */
export function isChanging(state: ListenerState): boolean {
  return state.status === 'changing' || state.bound.some((row) => row.state !== 'bound');
}

/** What two readings must share to agree. */
function fingerprint(state: ListenerState | null): string {
  if (state === null) return 'gone';
  const rows = state.bound.map((row) => `${row.slot} ${row.id} ${row.state}`).toSorted();
  return [state.status, state.version, String(state.clientAuth), ...rows].join('\n');
}
