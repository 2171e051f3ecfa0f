import { z } from 'zod';
import type { Millis } from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { Clock, Entropy } from '../../ports/clock.ts';
import type { Lease, Leases } from '../../ports/state.ts';
import type { Store } from '../../ports/store.ts';
import { codecOf } from './codec.ts';
import { everyKey } from './listing.ts';

/** What leases need. `ttl` is how long a lease lasts without renewal, `callTimeout` the longest a store call may take. */
export interface LeaseParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly ttl: Millis;
  readonly callTimeout: Millis;
}

/** `holder` is fresh for every acquisition, so a holder recognises its own write after a lost reply. */
const codec = codecOf(z.strictObject({ holder: z.string() }));

/** A held lease as a contender saw it: it is dead once it did not change for long enough since then. */
interface Sighting {
  readonly version: string;
  readonly since: Millis;
}

/** Takes every lease away. Only for a store that nobody else can have open: whoever held them is dead. */
export async function clearLeases(store: Store): Promise<void> {
  for (const { key, version } of await everyKey(store, 'lease/')) await store.delete(key, version);
}

/** Leases over the store by compare and set; no clock but our own monotonic one decides. */
export function openLeases(parts: LeaseParts): Leases {
  const seen = new Map<string, Sighting>();
  return {
    acquire: async (name) => {
      const key = `lease/${name}`;
      const stored = await parts.store.get(key);
      if (stored !== null && !isDead(parts, seen, name, stored.version)) return null;
      seen.delete(name);
      const holder = parts.entropy.id();
      const asked = parts.clock.monotonic();
      const version = await parts.store.put(key, codec.encode({ holder }), stored?.version ?? null);
      return version === null ? null : heldLease(parts, { name, key, holder, version, asked });
    },
    watch: async (name) => {
      const stored = await parts.store.get(`lease/${name}`);
      if (stored !== null) isDead(parts, seen, name, stored.version);
    },
  };
}

/** Starts watching a version it has not seen before; true once that version stood still for ttl + call time-out. */
function isDead(parts: LeaseParts, seen: Map<string, Sighting>, name: string, version: string) {
  const now = parts.clock.monotonic();
  const sighting = seen.get(name);
  if (sighting?.version !== version) {
    seen.set(name, { version, since: now });
    return false;
  }
  return now - sighting.since >= parts.ttl + parts.callTimeout;
}

interface Held {
  readonly name: string;
  readonly key: string;
  readonly holder: string;
  readonly version: string;
  /** When the write that got it was sent: the time to live counts from there, not from the reply. */
  readonly asked: Millis;
}

function heldLease(parts: LeaseParts, held: Held): Lease {
  const { store, clock } = parts;
  const { name, key, holder } = held;
  let state: { readonly version: string; readonly asked: Millis } | null = held;

  /** Our current version: after a lost reply the store may hold a write of ours that we never heard of. */
  const ownVersion = async (): Promise<string | null> => {
    const stored = await store.get(key);
    if (stored === null) return null;
    return codec.decode(stored.value, key).holder === holder ? stored.version : null;
  };
  const write = async (version: string): Promise<boolean> => {
    const asked = clock.monotonic();
    const next = await store.put(key, codec.encode({ holder }), version);
    if (next !== null) state = { version: next, asked };
    return next !== null;
  };

  return {
    name,
    remaining: () =>
      state === null ? 0 : Math.max(0, state.asked + parts.ttl - clock.monotonic()),
    renew: async () => {
      if (state !== null && (await write(state.version))) return;
      const version = state === null ? null : await ownVersion();
      if (version !== null && (await write(version))) return;
      state = null;
      throw new NewleafError('lease.lost', `renew the lease ${name}: another holder has it`, {
        fields: { lease: name },
      });
    },
    release: async () => {
      if (state === null) return;
      const { version } = state;
      state = null;
      if (await store.delete(key, version)) return;
      const own = await ownVersion();
      if (own !== null) await store.delete(key, own);
    },
  };
}
