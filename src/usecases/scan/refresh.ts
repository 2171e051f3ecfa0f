import { certificateLookup } from '../../domain/bound.ts';
import { type StoreSite, siteOfRegion } from '../../domain/certificate.ts';
import type { Inventory, Snapshot } from '../../domain/inventory.ts';
import { type ListenerRef, type ListenerState, listenerKey } from '../../domain/listener.ts';
import { readStore } from './certificates.ts';
import type { ScanDeps } from './deps.ts';
import { probe } from './probe.ts';
import { keep } from './scan.ts';
import { accountOf } from './second-look.ts';

/**
 * Looks at one listener now, so that alerts need not wait for the next scan, as after a rotation. A deleted listener is
 * known to be gone at once. Rejects with the cloud's error, `not-found` for an unknown account, or when aborted.
 */
export async function refreshListener(
  deps: ScanDeps,
  ref: ListenerRef,
  signal: AbortSignal,
): Promise<void> {
  const account = accountOf(deps, ref);
  const state = await account.listeners.read(ref, signal);
  const previous = await deps.book.read();
  const seenAt = deps.clock.now();
  if (state === null) return forget(deps, previous, ref, signal);
  const certificates = await unknownCertificates(deps, previous, state, signal);
  const listeners = [{ state, seenAt, served: [] }];
  const snapshot = { takenAt: seenAt, scope: [], listeners, certificates, missing: [] };
  await keep(deps, await probe(deps, { previous, snapshot, tell: () => {} }, signal), signal);
}

/**
 * Lists one store site now, as while something it holds is critical. Rejects with `not-found` for an unknown account, with the
 * store's error, or when aborted.
 */
export async function refreshStore(
  deps: ScanDeps,
  { account: name, site }: { readonly account: string; readonly site: StoreSite },
  signal: AbortSignal,
): Promise<void> {
  const account = accountOf(deps, { account: name });
  const previous = await deps.book.read();
  const states = previous.listeners
    .map(({ state }) => state)
    .filter(({ ref }) => ref.account === name);
  const now = deps.clock.now();
  const { certificates, missing } = await readStore(
    account,
    site,
    {
      states,
      now,
      caReplacements: deps.caReplacements(),
      requested: (await deps.requestedAuthorities?.()) ?? [],
    },
    signal,
  );
  const rows = certificates.map((certificate) => ({ account: name, certificate }));
  await keep(deps, { takenAt: now, scope: [], listeners: [], certificates: rows, missing }, signal);
}

async function forget(
  deps: ScanDeps,
  previous: Inventory,
  ref: ListenerRef,
  signal: AbortSignal,
): Promise<void> {
  const key = listenerKey(ref);
  const known = previous.listeners.find(({ state }) => listenerKey(state.ref) === key);
  if (known === undefined) return;
  const takenAt = deps.clock.now();
  const state: ListenerState = { ...known.state, status: 'gone' };
  const listeners = [{ state, served: [] }];
  await keep(deps, { takenAt, scope: [], listeners, certificates: [], missing: [] }, signal);
}

/** A certificate bound since the last scan is not in the Inventory yet. */
async function unknownCertificates(
  deps: ScanDeps,
  previous: Inventory,
  { ref, bound }: ListenerState,
  signal: AbortSignal,
): Promise<Snapshot['certificates']> {
  const lookup = certificateLookup(previous);
  const store = accountOf(deps, ref).stores(siteOfRegion(ref.region));
  const unknown = bound.filter(({ id }) => lookup(ref.account, id) === null);
  const authorities = unknown.filter(({ slot }) => slot === 'ca').map(({ id }) => id);
  const found = await Promise.all(
    unknown.filter(({ slot }) => slot !== 'ca').map(({ id }) => store.resolve(id, signal)),
  );
  const { certificates } = await store.authorities(authorities, signal);
  return [...found, ...certificates].flatMap((certificate) =>
    certificate === null ? [] : [{ account: ref.account, certificate }],
  );
}
