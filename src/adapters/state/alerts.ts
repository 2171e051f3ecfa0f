import { z } from 'zod';
import type {
  Acknowledgement,
  AlertState,
  AlertStatus,
  Delivery,
  Held,
  Said,
} from '../../domain/alert.ts';
import { NewleafError } from '../../domain/errors.ts';
import type { Severity } from '../../domain/policy.ts';
import { newSink, type SinkState } from '../../domain/sink-state.ts';
import type { AlertLedger } from '../../ports/alert-ledger.ts';
import type { Store } from '../../ports/store.ts';
import { type Codec, codecOf, instant } from './codec.ts';
import { oneOf } from './shapes/kit.ts';
import { problemFacts } from './shapes/problem.ts';

/** How often one change may lose against other writers. Each lost round means that somebody else made progress. */
const ROUNDS = 50;

const ALERTS = 'alert/';
const SINKS = 'sink/';

const severity = oneOf<Severity>({
  ok: true,
  info: true,
  warning: true,
  critical: true,
  expired: true,
});

const status = oneOf<AlertStatus>({ firing: true, resolved: true, notice: true });

const said: z.ZodType<Said> = z.strictObject({
  status,
  episode: z.int(),
  level: severity,
  at: instant,
  repeats: z.int().optional(),
});

const held: z.ZodType<Held> = z.strictObject({
  wanted: z.int(),
  until: instant,
  attempts: z.int(),
});

const delivery: z.ZodType<Delivery> = z.strictObject({
  delivered: z.int(),
  attempted: z.int(),
  said: said.nullable(),
  held: held.nullable(),
});

const acknowledgement: z.ZodType<Acknowledgement> = z.strictObject({
  by: z.string(),
  at: instant,
  note: z.string(),
});

const alertState: z.ZodType<AlertState> = z.strictObject({
  key: z.string(),
  status,
  episode: z.int(),
  severity,
  level: severity,
  since: instant,
  raisedAt: instant,
  resolvedAt: instant.nullable(),
  endedBecause: z.literal('not-configured').optional(),
  facts: problemFacts,
  acknowledged: acknowledgement.nullable(),
  wanted: z.int(),
  sinks: z.record(z.string(), delivery),
});

const sinkState: z.ZodType<SinkState> = z.strictObject({
  name: z.string(),
  attempts: z.int(),
  nextAttemptAt: instant.nullable(),
  failingSince: instant.nullable(),
  reason: z.string().nullable(),
  singly: z.boolean(),
  lastAcceptedAt: instant.nullable(),
  firstAcceptedAt: instant.nullable().optional(),
  refreshedAt: instant.nullable().optional(),
});

const alerts = codecOf(alertState);
const sinks = codecOf(sinkState);

/** The alert ledger on a store: one value per alert key and one per sink, each changed by compare and set. */
export function openAlertLedger(store: Store): AlertLedger {
  return {
    all: () => readAll(store),
    change: (key, decide) => change(store, ALERTS + key, alerts, decide),
    forget: (key, forgettable) => forget(store, key, forgettable),
    sink: async (name) => (await load(store, SINKS + name, sinks)).value ?? newSink(name),
    changeSink: async (name, decide) => {
      const changed = await change(store, SINKS + name, sinks, (current) =>
        decide(current ?? newSink(name)),
      );
      return changed ?? newSink(name);
    },
  };
}

async function readAll(store: Store): Promise<readonly AlertState[]> {
  // By key: a backend may show a key twice when it changes while it is listed.
  const found = new Map<string, AlertState>();
  let cursor: string | null = null;
  do {
    const { page, next }: Awaited<ReturnType<Store['list']>> = await store.list(ALERTS, cursor);
    for (const { key, value } of page) found.set(key, alerts.decode(value, key));
    cursor = next;
  } while (cursor !== null);
  return [...found.values()];
}

async function change<T>(
  store: Store,
  key: string,
  codec: Codec<T>,
  decide: (current: T | null) => T | null,
): Promise<T | null> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { value, version } = await load(store, key, codec);
    const next = decide(value);
    if (next === value || next === null) return value;
    if ((await store.put(key, codec.encode(next), version)) !== null) return next;
  }
  throw conflict(key);
}

async function forget(
  store: Store,
  key: string,
  forgettable: (current: AlertState) => boolean,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { value, version } = await load(store, ALERTS + key, alerts);
    if (value === null || version === null || !forgettable(value)) return;
    if (await store.delete(ALERTS + key, version)) return;
  }
  throw conflict(key);
}

async function load<T>(
  store: Store,
  key: string,
  codec: Codec<T>,
): Promise<{ readonly value: T | null; readonly version: string | null }> {
  const stored = await store.get(key);
  if (stored === null) return { value: null, version: null };
  return { value: codec.decode(stored.value, key), version: stored.version };
}

function conflict(key: string): NewleafError {
  return new NewleafError('store.conflict', `change ${key}: other writers kept winning`, {
    fields: { key, rounds: ROUNDS },
  });
}
