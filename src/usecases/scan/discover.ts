import type { Missing } from '../../domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../domain/listener.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { ScanDeps, ScanEvent } from './deps.ts';
import { missingFrom } from './failure.ts';

/** A listener and when it was read. */
interface FoundListener {
  readonly state: ListenerState;
  readonly seenAt: Date;
}

export interface FoundListeners {
  readonly listeners: readonly FoundListener[];
  readonly missing: readonly Missing[];
}

/** Every TLS listener of one region, and what of it could not be read. Rejects only when aborted. */
export async function discoverRegion(
  deps: Pick<ScanDeps, 'clock'>,
  { account, region }: { readonly account: CloudAccount; readonly region: string },
  tell: (event: ScanEvent) => void,
  signal: AbortSignal,
): Promise<FoundListeners> {
  tell({ kind: 'region-started', account: account.name, region });
  const found = new Map<string, FoundListener>();
  const missing: Missing[] = [];
  try {
    for await (const each of account.listeners.discover(region, signal)) {
      if (each.kind === 'missing') missing.push(each.missing);
      // Pages shift while they are read: a listener shown twice counts as it was seen last.
      else found.set(listenerKey(each.state.ref), { state: each.state, seenAt: deps.clock.now() });
    }
  } catch (error) {
    signal.throwIfAborted();
    const place = { account: account.name, region, listener: null };
    missing.push(missingFrom(error, { ...place, action: 'ListListeners' }));
  }
  tell({
    kind: 'listeners-found',
    account: account.name,
    region,
    listeners: found.size,
    missing: missing.length,
  });
  return { listeners: [...found.values()], missing };
}
