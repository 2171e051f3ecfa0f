import { sha256, systemClock } from '../../src/adapters/clock.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import { openWebhook } from '../../src/adapters/sinks/webhook.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import { openReceiver, receiverSecret } from '../helpers/alert-receiver.ts';
import { expiring, memoryLeases, plainRules, steady } from '../helpers/alerts.ts';
import { quietLog, memoryStore } from '../helpers/store.ts';
import type { Bench, Report } from './bench.ts';
import { mebibytes, seconds } from './child.ts';
import { figure, liveHeap, timed } from './measure.ts';

const certificates = 10_000;

/** Ten thousand certificates that pass a threshold in the same minute, from the look to the receiver. */
export const alerts: Bench = {
  name: 'alerts',
  about: `${figure(certificates)} certificates pass a threshold at once and go to a webhook on loopback`,
  run: async (): Promise<Report> => {
    await using receiver = await openReceiver();
    const before = liveHeap();
    const deps = depsFor(receiver.url);
    const found = Array.from({ length: certificates }, (_, at) =>
      expiring('warning', {}, `expiring/main/cn-hangzhou/${at}`),
    );
    const scope = { covers: () => false };
    const raised = await timed(() => createAlerts(deps).update(found, scope));
    const sent = await timed(() => deliver(deps, 'team', steady));
    const stays = liveHeap() - before;
    const again = await timed(() => createAlerts(deps).update(found, scope));
    const perSecond = receiver.events.length / ((raised + sent) / 1000);
    return {
      titles: ['', 'takes'],
      rows: [
        ['look: compare and write', seconds(raised)],
        ['deliver: group, send, note', seconds(sent)],
        ['the next look, with nothing new', seconds(again)],
        ['events a second, look and delivery', figure(perSecond)],
        ['live heap, ledger and received events', mebibytes(stays)],
      ],
      notes: [
        `${figure(receiver.events.length)} events received; a store in memory, so it is newleaf's own time`,
      ],
    };
  },
};

function depsFor(url: string) {
  const wording = { timezone: 'UTC', language: 'en', runbook: 'docs/alerts.md' } as const;
  const sink = openWebhook(
    {
      name: 'team',
      url,
      secret: receiverSecret,
      timeout: 10_000,
      perMinute: 6000,
      reach: { loopback: true, linkLocal: false },
      wording,
    },
    systemClock,
  );
  return {
    ledger: openAlertLedger(memoryStore(1000)),
    leases: memoryLeases(),
    sinks: [sink],
    rules: () => plainRules,
    clock: systemClock,
    dispatcher: { delivery: async () => {} },
    log: quietLog,
    sha256,
  };
}
