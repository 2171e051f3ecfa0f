import { openQueues } from '../jobs/queues.ts';
import { type Schedule, startSchedule } from '../jobs/schedule.ts';
import { startWorkers } from '../jobs/workers.ts';
import { accessTokens, knownHostsOf } from './access.ts';
import { buildUsecases, type Settings } from './build-usecases.ts';
import { openInfra } from './compose.ts';
import type { Millis } from './domain/certificate.ts';
import { chooseJobs } from './job-usecases.ts';
import type { Parts } from './parts.ts';
import type { Log } from './ports/log.ts';
import { sinkHealth } from './usecases/alert-admin.ts';
import { beat } from './usecases/beat.ts';
import { serial } from './usecases/serial.ts';
import { tick } from './usecases/tick.ts';
import { version } from './version.ts';
import { webApp } from './web/app.ts';
import { openDesk } from './web/open-desk.ts';
import { type RunningServer, serve } from './web/serve.ts';

export interface Daemon {
  /** Where its HTTP API listens. */
  readonly url: string;
  /** Stops taking work, lets running steps end or hands them over, closes everything. Takes 30 s at most. */
  stop(): Promise<void>;
}

/** How long running jobs may go on after the stop was asked for. */
const grace: Millis = 15_000;

/** Starts the whole daemon. Rejects when its data folder is held, its configuration cannot work, or its address is taken. */
export async function startDaemon(settings: Settings, log: Log): Promise<Daemon> {
  const infra = await openInfra(settings.current, log);
  const queues = await openQueues(infra.queue, log);
  const usecases = buildUsecases(settings, infra, queues, log);
  const stopping = new AbortController();
  const { signal } = stopping;
  const runChores = serial(async () => {
    await tick(usecases.chores, log, signal);
  });
  const parts: Parts = { settings, infra, queues, usecases, runChores, log, signal };
  const server = await openServer(parts);
  const workers = startWorkers(infra.queue, chooseJobs(parts), {
    log,
    rotations: rotationsAtOnce,
  });
  const schedule = openSchedule(parts);
  const heart = openHeart(parts);
  log.info({ url: server.url, version, store: infra.queue.kind }, 'newleaf is running');
  void runChores().catch(() => {});
  return {
    url: server.url,
    stop: async () => {
      log.info({}, 'stopping');
      await schedule.stop();
      clearInterval(heart);
      await workers.close(grace);
      stopping.abort(new Error('the daemon stops'));
      await server.close();
      await queues.close();
      await infra.close();
      log.info({}, 'stopped');
    },
  };
}

/** Admission decides how many run in all; this only bounds what one process carries. */
const rotationsAtOnce = 16;

async function openServer(parts: Parts): Promise<RunningServer> {
  const { settings, infra, usecases, queues, log, signal } = parts;
  const { clock, store } = infra;
  const desk = openDesk({
    infra,
    usecases,
    dispatcher: queues,
    runChores: parts.runChores,
    health: {
      version,
      startedAt: clock.now(),
      now: () => clock.now(),
      storeNow: () => store.now(),
      lastScan: async () => (await infra.inventory.read()).takenAt,
      scanEvery: () => usecases.rotate.rules().scanEvery,
      anySinkWorks: async () => (await sinkHealth(usecases.alerts)).anyWorks,
    },
  });
  const config = settings.current;
  const tokens = accessTokens(config);
  const app = webApp({ desk, tokens, hosts: knownHostsOf(config), log, signal });
  return serve(app, config.http.listen);
}

function openSchedule({ settings, queues, runChores, log }: Parts): Schedule {
  const { scan, timezone, tick: every } = settings.current.schedule;
  return startSchedule({
    scan: { expression: scan, timezone },
    onScan: (at) => queues.scan(at),
    onMinute: () => runChores(),
    log,
    minute: cronEvery(every),
  });
}

/** Cron counts whole seconds of a minute. */
function cronEvery(every: Millis): string {
  const seconds = Math.round(every / 1000);
  return seconds >= 60 ? '* * * * *' : `*/${seconds} * * * * *`;
}

/** Somebody outside notices when this stops: it beats only while scans are fresh and a sink works. */
function openHeart({ settings, infra, usecases, log, signal }: Parts): NodeJS.Timeout | undefined {
  const { heartbeat } = infra;
  if (heartbeat === null) return undefined;
  const scansAreFresh = async (): Promise<boolean> => {
    const { takenAt } = await infra.inventory.read();
    const { scanEvery } = usecases.rotate.rules();
    return takenAt !== null && infra.clock.now().getTime() - takenAt.getTime() <= 2 * scanEvery;
  };
  const deps = { ...usecases.alerts, heartbeat, scansAreFresh };
  const once = serial(async () => {
    await tick([{ name: 'heartbeat', run: (stop) => beat(deps, stop) }], log, signal);
  });
  return setInterval(() => void once().catch(() => {}), settings.current.heartbeat.every);
}
