import { openMeter, type Meter } from '../../../src/adapters/meter/meter.ts';
import type { Reading } from '../../../src/adapters/meter/measure.ts';
import { emptyAdmission } from '../../../src/domain/admission.ts';
import type { Assessment } from '../../../src/domain/assessment.ts';
import { observe } from '../../../src/domain/alert.ts';
import { newSink, working } from '../../../src/domain/sink-state.ts';
import { expiring } from '../../helpers/alerts.ts';
import { aCertificate, aListener, aPolicy, hours, servedAt, today } from '../../helpers/facts.ts';
import { parseExposition } from './exposition.ts';

export function anAssessment(overrides: Partial<Assessment> = {}): Assessment {
  const certificate = aCertificate();
  return {
    listener: aListener(),
    seenAt: today,
    slot: 'default',
    certificateId: certificate.id,
    certificate,
    daysLeft: 90,
    severity: 'ok',
    policy: aPolicy(),
    quota: { used: 0, limit: 25 },
    findings: [],
    served: [],
    ...overrides,
  };
}

export function aReading(overrides: Partial<Reading> = {}): Reading {
  return {
    now: today,
    stock: { takenAt: today, bindings: [anAssessment()], missing: [] },
    admission: emptyAdmission,
    alerts: [],
    sinks: [],
    skewMs: 0,
    scanEvery: hours(6),
    ...overrides,
  };
}

export function stockOf(...bindings: readonly Assessment[]): Pick<Reading, 'stock'> {
  return { stock: { takenAt: today, bindings, missing: [] } };
}

export const families = async (meter: Meter) => parseExposition((await meter.expose()).text);

/** The samples of one family as its labels' values, joined, and the value. */
export async function told(meter: Meter, name: string): Promise<Readonly<Record<string, number>>> {
  const samples = (await families(meter)).get(`newleaf_${name}`)?.samples ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  );
}

export function measured(...overrides: readonly Partial<Reading>[]): Meter {
  const meter = openMeter('0.1.0');
  for (const each of overrides) meter.measure(aReading(each));
  return meter;
}

export const notAfter = 'cert_not_after_timestamp_seconds';
export const place = 'main cn-hangzhou nlb-1 lsn-1@443';

/** A meter with at least one sample of everything it can say. */
export function busyMeter(): Meter {
  const meter = openMeter('0.1.0');
  const firing = observe(null, expiring('critical'), today);
  meter.measure(
    aReading({
      ...stockOf(anAssessment({ served: [servedAt()], quota: { used: 3, limit: 25 } })),
      alerts: firing === null ? [] : [firing],
      sinks: [working(newSink('team'), today)],
    }),
  );
  meter.ready([{ name: 'store', ok: true }]);
  meter.cloudCall({ account: 'main', region: 'cn-hangzhou', action: 'ListListeners', code: null });
  meter.rotationEnded({ result: 'committed', seconds: 42, rollback: null });
  meter.delivered('team', 'accepted');
  return meter;
}
