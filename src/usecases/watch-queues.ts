import type { Millis } from '../domain/certificate.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueLook } from '../ports/queue-look.ts';

export interface WatchQueuesDeps {
  readonly queues: QueueLook;
  readonly alerts: Pick<Alerts, 'raise' | 'withdraw'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Workers take a job at once; those of a replica that died are taken over within seconds. */
const patience: Millis = 5 * 60_000;

/**
 * Tells people of a queue whose oldest job nobody takes, and takes it back when it moves. Asked every minute: the same job must be there
 * at two looks, so that what waited while no daemon ran, or was added by a clock that is off, is no alarm.
 */
export function openQueueWatch({ queues, alerts, clock }: WatchQueuesDeps): () => Promise<void> {
  const seen = new Map<string, string>();
  return async () => {
    const now = clock.now();
    for (const { queue, job } of await queues.oldestWaiting()) {
      const isOld = job !== null && now.getTime() - job.since.getTime() > patience;
      const wasThere = job !== null && seen.get(queue) === job.id;
      if (job === null) seen.delete(queue);
      else seen.set(queue, job.id);
      const key = `queue-stuck/${queue}`;
      if (!isOld) await alerts.withdraw(key);
      else if (wasThere) {
        const facts = { kind: 'queue-stuck', queue, oldest: job.since } as const;
        await alerts.raise({ key, severity: 'critical', facts });
      }
    }
  };
}
