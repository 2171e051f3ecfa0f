import type { Meter } from './adapters/meter/meter.ts';
import type { JournalEvent } from './domain/rotation.ts';
import type { Sink } from './ports/sink.ts';
import type { Journal } from './ports/state.ts';

/** The events by which a rotation ends. Each rotation has one, so a later look or an operator's word does not count it again. */
const endings: ReadonlySet<JournalEvent['kind']> = new Set([
  'committed',
  'rolled-back',
  'refused',
  'needs-operator',
  'deferred',
]);

/** The Journal, counting how rotations end. */
export function meteredJournal(journal: Journal, meter: Pick<Meter, 'rotationEnded'>): Journal {
  return {
    ...journal,
    append: async (rotationId, event, after) => {
      const entry = await journal.append(rotationId, event, after);
      if (endings.has(event.kind)) meter.rotationEnded(event.kind);
      return entry;
    },
  };
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
