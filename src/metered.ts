import { type Meter, type RotationResult, rotationResults } from './adapters/meter/meter.ts';
import type { Stock } from './domain/assessment.ts';
import type { Millis } from './domain/certificate.ts';
import type { JournalEntry, JournalEvent } from './domain/rotation.ts';
import type { Rules } from './domain/rules.ts';
import type { AlertLedger } from './ports/alert-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { Sink } from './ports/sink.ts';
import type { AdmissionBook, Journal } from './ports/state.ts';

/** The Journal, counting how rotations end and how long they took. */
export function meteredJournal(journal: Journal, meter: Pick<Meter, 'rotationEnded'>): Journal {
  return {
    ...journal,
    append: async (rotationId, event, after) => {
      const entry = await journal.append(rotationId, event, after);
      const result = resultOf(event);
      if (result !== null) {
        // A metric is worth no failure: the entry is written.
        const stored = await journal.read(rotationId).catch(() => null);
        const seconds = durationOf(stored?.entries ?? [], entry.at);
        meter.rotationEnded({ result, seconds, rollback: rollbackOf(event) });
      }
      return entry;
    },
  };
}

/** Each rotation has one such event, so a later look or an operator's word does not count it again. */
function resultOf({ kind }: JournalEvent): RotationResult | null {
  return rotationResults.find((result) => result === kind) ?? null;
}

function rollbackOf(event: JournalEvent): 'restored' | 'failed' | null {
  if (event.kind === 'rolled-back') return 'restored';
  if (event.kind !== 'needs-operator') return null;
  return event.reason === 'restore-failed' || event.reason === 'restore-unproven' ? 'failed' : null;
}

/** From the first write; what was never written took no time. */
function durationOf(entries: readonly JournalEntry[], end: Date): number | null {
  const first = entries.find(({ kind }) => kind === 'intended');
  return first === undefined ? null : (end.getTime() - first.at.getTime()) / 1000;
}

/** The sink, counting what its receiver answers. */
export function meteredSink(sink: Sink, meter: Pick<Meter, 'delivered'>): Sink {
  const { name, kind, style, refreshEvery, limits } = sink;
  const deliver: Sink['deliver'] = async (batch, signal) => {
    const result = await sink.deliver(batch, signal);
    meter.delivered(name, result.kind);
    return result;
  };
  return { name, kind, style, refreshEvery, limits, deliver };
}

interface MeasureDeps {
  readonly meter: Pick<Meter, 'measure'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly admission: Pick<AdmissionBook, 'read'>;
  readonly ledger: Pick<AlertLedger, 'all' | 'sink'>;
  readonly sinks: readonly Pick<Sink, 'name'>[];
  readonly skewMs: () => Promise<Millis | null>;
  readonly rules: () => Pick<Rules, 'scanEvery'>;
}

/** Tells the meter what is stored: so every replica says the same, and one that has just started knows what was before. */
export async function measure(deps: MeasureDeps, stock: Stock): Promise<void> {
  const [admission, alerts, sinks, skewMs] = await Promise.all([
    deps.admission.read(),
    deps.ledger.all(),
    Promise.all(deps.sinks.map(({ name }) => deps.ledger.sink(name))),
    deps.skewMs(),
  ]);
  const { scanEvery } = deps.rules();
  const now = deps.clock.now();
  deps.meter.measure({ now, stock, admission, alerts, sinks, skewMs, scanEvery });
}
