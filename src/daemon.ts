import { setTimeout as delay } from 'node:timers/promises';
import { abortable } from '../jobs/abortable.ts';
import { openQueues, type Queues } from '../jobs/queues.ts';
import { type Schedule, startSchedule } from '../jobs/schedule.ts';
import { startWorkers } from '../jobs/workers.ts';
import { accessTokens, knownHostsOf, makeDataDir } from './access.ts';
import { buildUsecases, type Settings, type UseCases } from './build-usecases.ts';
import { type Infra, openInfra } from './compose.ts';
import type { Millis } from './domain/certificate.ts';
import { chooseJobs } from './job-usecases.ts';
import { diaryOf, type Reloaded } from './diary.ts';
import { healthParts, openPulse } from './life.ts';
import { refuseHalfImport } from './move-state.ts';
import type { Parts } from './parts.ts';
import type { Log } from './ports/log.ts';
import { beat } from './usecases/beat.ts';
import { serial } from './usecases/serial.ts';
import { tick } from './usecases/tick.ts';
import { refuseLeftRotations } from './store-mark.ts';
import { version } from './version.ts';
import { webApp } from './web/app.ts';
import { healthOf } from './web/health.ts';
import { type DeskParts, openDesk } from './web/open-desk.ts';
import { type RunningServer, serve } from './web/serve.ts';

export interface Daemon {
  /** Where its HTTP API listens. */
  readonly url: string;
  /** Writes into the audit what came of reading the configuration again. */
  tellReload(reloaded: Reloaded): void;
  /** Stops taking work, lets running steps end or hands them over, closes everything. Takes 30 s at most. */
  stop(): Promise<void>;
}

/** How long running jobs may go on after the stop was asked for; they get 5 s more to hand over. */
const grace: Millis = 15_000;

/** How long one part may take to close: a store that is away must not keep the daemon from ending. */
const closing: Millis = 3000;

/**
 * Starts the whole daemon; a PostgreSQL server that is away is waited for, until `signal` aborts. Rejects when its data folder is held,
 * its configuration cannot work, or its address is taken.
 */
export async function startDaemon(
  settings: Settings,
  log: Log,
  signal: AbortSignal,
): Promise<Daemon> {
  makeDataDir(settings.current.dataDir);
  refuseLeftRotations(settings.current);
  const infra = await openInfra(settings.current, log);
  return orUndo(
    () => infra.close(),
    async () => {
      await refuseHalfImport(infra.store);
      const queues = await openQueues(infra.queue, log, signal);
      return orUndo(
        () => queues.close(),
        async () => {
          const started = await startOn(settings, infra, queues, log);
          // On PostgreSQL a worker that loses its session before it was ready stays deaf: better no start than that.
          await orUndo(
            () => started.stop(),
            () => abortable(started.ready(), signal),
          );
          started.begin();
          return started;
        },
      );
    },
  );
}

interface Started extends Daemon {
  /** Resolves once the workers hear of jobs. */
  ready(): Promise<void>;
  /** Says so and does the chores that were due while nobody ran. */
  begin(): void;
}

async function startOn(
  settings: Settings,
  infra: Infra,
  queues: Queues,
  log: Log,
): Promise<Started> {
  const usecases = buildUsecases(settings, infra, queues, log);
  const stopping = new AbortController();
  const { signal } = stopping;
  const { runChores, ...watched } = openChores(infra, usecases, log, signal);
  const parts: Parts = { settings, infra, queues, usecases, runChores, log, signal };
  const server = await openServer(parts, watched);
  const options = { log, rotations: rotationsAtOnce };
  const workers = startWorkers(infra.queue, chooseJobs(parts), options);
  const schedule = openSchedule(parts);
  const heart = openHeart(parts);
  const diary = diaryOf(parts);
  const stop = async (): Promise<void> => {
    log.info({}, 'stopping');
    clearInterval(heart);
    // Chores are dropped at once, wherever they are: the next start repeats them. Jobs get their time.
    stopping.abort(new Error('the daemon stops'));
    await inTime('schedule', schedule.stop(), log);
    await workers.close(grace);
    await inTime('server', server.close(), log);
    await inTime('queues', queues.close(), log);
    await inTime('store', infra.close(), log);
    log.info({}, 'stopped');
  };
  const begin = (): void => {
    log.info({ url: server.url, version, store: infra.queue.kind }, 'newleaf is running');
    void runChores().catch(() => {});
    diary.started();
  };
  // Redis is not waited for: its workers find it whenever it comes.
  const ready = async (): Promise<void> =>
    infra.queue.kind === 'postgres' ? workers.ready() : undefined;
  return { url: server.url, tellReload: diary.reloaded, stop, ready, begin };
}

/** What is done every minute, and how those outside see whether it is. */
function openChores(infra: Infra, usecases: UseCases, log: Log, signal: AbortSignal) {
  const health = healthParts(infra, usecases);
  const { beat: chored, life } = openPulse(infra.clock);
  const measured = async (): Promise<void> => infra.meter.ready((await healthOf(health)).checks);
  const chores = [...usecases.chores, { name: 'measure health', run: measured }];
  const runChores = serial(async () => {
    await tick(chores, log, signal);
    chored();
  });
  return { runChores, health, life };
}

/** Does it, or leaves nothing open behind it. */
async function orUndo<T>(undo: () => Promise<void>, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    await undo();
    throw error;
  }
}

/** Waits for a part to close, but not for ever; how it failed to is of no use to anyone by then. */
async function inTime(part: string, work: Promise<void>, log: Log): Promise<void> {
  const waiting = new AbortController();
  const late = delay(closing, 'late', { signal: waiting.signal }).catch(() => 'closed');
  const closed = work.then(() => 'closed').catch(() => 'failed');
  const end = await Promise.race([closed, late]);
  waiting.abort();
  if (end !== 'closed') log.warn({ part, end }, 'a part did not close');
}

/** Admission decides how many run in all; this only bounds what one process carries. */
const rotationsAtOnce = 16;

async function openServer(
  parts: Parts,
  watched: Pick<DeskParts, 'health' | 'life'>,
): Promise<RunningServer> {
  const { settings, infra, usecases, queues, log, signal } = parts;
  const desk = openDesk({
    infra,
    usecases,
    dispatcher: queues,
    runChores: parts.runChores,
    ...watched,
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
    const takenAt = await infra.inventory.takenAt();
    const { scanEvery } = usecases.rotate.rules();
    return takenAt !== null && infra.clock.now().getTime() - takenAt.getTime() <= 2 * scanEvery;
  };
  const deps = { ...usecases.alerts, heartbeat, scansAreFresh, audit: infra.audit };
  const once = serial(async () => {
    await tick([{ name: 'heartbeat', run: (stop) => beat(deps, stop) }], log, signal);
  });
  return setInterval(() => void once().catch(() => {}), settings.current.heartbeat.every);
}
