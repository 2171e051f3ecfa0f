import type { LifeDocument } from './api/health.ts';
import type { UseCases } from './build-usecases.ts';
import type { Infra } from './compose.ts';
import type { Millis } from './domain/certificate.ts';
import type { Clock } from './ports/clock.ts';
import { sinkHealth } from './usecases/alert-admin.ts';
import { version } from './version.ts';
import type { HealthParts } from './web/health.ts';

/** What readiness is judged by. */
export function healthParts(infra: Infra, usecases: UseCases): HealthParts {
  const { clock, store, inventory, admission } = infra;
  return {
    version,
    startedAt: clock.now(),
    now: () => clock.now(),
    storeNow: () => store.now(),
    readable: async () => {
      await admission.read();
    },
    lastScan: () => inventory.takenAt(),
    skewMs: () => usecases.plan.skewMs(),
    scanEvery: () => usecases.rotate.rules().scanEvery,
    anySinkWorks: async () => (await sinkHealth(usecases.alerts)).anyWorks,
  };
}

/** Chores are due every minute and each gives up by itself, even with the store away: after this long they hang. */
const longestChores: Millis = 15 * 60_000;

/** Whether the minute's chores still come to an end. A process whose chores hang is helped by a restart, and by nothing else. */
export function openPulse(clock: Pick<Clock, 'monotonic'>): {
  readonly beat: () => void;
  readonly life: () => LifeDocument;
} {
  let last = clock.monotonic();
  return {
    beat: () => {
      last = clock.monotonic();
    },
    life: () => {
      const age = clock.monotonic() - last;
      if (age <= longestChores) return { alive: true, detail: '' };
      const minutes = Math.floor(age / 60_000);
      return {
        alive: false,
        detail: `the chores of the minute have not ended for ${minutes} minutes`,
      };
    },
  };
}
