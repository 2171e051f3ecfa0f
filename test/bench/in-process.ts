import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type AnyQueue, type Backend, backendOf } from '../../jobs/backend.ts';
import { queueNames } from '../../jobs/names.ts';
import { openQueues } from '../../jobs/queues.ts';
import { type JobUseCases, startWorkers } from '../../jobs/workers.ts';
import { openAccount } from '../../src/adapters/alibaba/account.ts';
import { sha256, systemClock, systemEntropy } from '../../src/adapters/clock.ts';
import { openAdmission } from '../../src/adapters/state/admission.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import { openAuditTrail } from '../../src/adapters/state/audit/open.ts';
import { openInventory } from '../../src/adapters/state/inventory.ts';
import { openJournal } from '../../src/adapters/state/journal.ts';
import { openLeases } from '../../src/adapters/state/leases.ts';
import { openOperatorState } from '../../src/adapters/state/operator.ts';
import { buildUsecases } from '../../src/build-usecases.ts';
import { callTimes, type Infra, openInfra } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { chooseJobs } from '../../src/job-usecases.ts';
import type { Journal } from '../../src/ports/state.ts';
import type { Store } from '../../src/ports/store.ts';
import type { SandboxDescription } from '../../src/sandbox/start.ts';
import { serial } from '../../src/usecases/serial.ts';
import { tick } from '../../src/usecases/tick.ts';
import { quietLog } from '../helpers/store.ts';
import type { Millis } from './measure.ts';
import { keepingWrites, type WrittenStore } from './written.ts';

/** A rotation that has not ended by then never will. */
const patience: Millis = 30_000;

/** As many as the daemon carries at once. */
const rotationsAtOnce = 16;

const never = new AbortController().signal;

/** What a daemon is made of, in this process: everything but its clock-driven chores and its HTTP API. */
export interface InProcess extends AsyncDisposable {
  readonly backend: Backend;
  /** The store without the counting. */
  readonly bare: Store;
  readonly written: WrittenStore;
  /**
   * Asks for a rotation as any producer does, by a job on the request queue. Resolves when its own job has ended, to the time from
   * adding the request to `committed` being written. Rejects unless it is committed.
   */
  rotate(listener: string, to: string): Promise<Millis>;
}

/** Opens it over this sandbox and scans once. `storeUrl` null: the embedded store. */
export async function openInProcess(
  sandbox: SandboxDescription,
  storeUrl: string | null,
): Promise<InProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-bench-'));
  const config = await configFor(sandbox, dir, storeUrl);
  const opened = await openInfra(config, quietLog);
  const written = keepingWrites(opened.store);
  const watch = new RotationWatch();
  const infra = overStore(config, opened, written.store);
  const watched: Infra = { ...infra, journal: watch.over(infra.journal) };
  const queues = await openQueues(watched.queue, quietLog);
  const settings = { current: config };
  const usecases = buildUsecases(settings, watched, queues, quietLog);
  const stopping = new AbortController();
  const { signal } = stopping;
  const runChores = serial(async () => {
    await tick(usecases.chores, quietLog, signal);
  });
  const parts = { settings, infra: watched, queues, usecases, runChores, log: quietLog, signal };
  const jobs = chooseJobs(parts);
  await jobs.scan(new Date(), never);
  const options = { log: quietLog, rotations: rotationsAtOnce };
  const workers = startWorkers(watched.queue, watch.within(jobs), options);
  const backend = backendOf(watched.queue);
  const requests = backend.queue(queueNames.request, {});
  await Promise.all([workers.ready(), requests.waitUntilReady()]);
  return {
    backend,
    bare: opened.store,
    written,
    rotate: (listener, to) => watch.follow(requests, listener, to),
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('the benchmark is over'));
      await workers.close(1000);
      await requests.close();
      await queues.close();
      await opened.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Nothing waits that can be told not to: no windows, one round, the shortest gap. */
async function configFor(
  { accessKeyId, accessKeySecret, endpoints, dial, rootCaFile }: SandboxDescription,
  dir: string,
  storeUrl: string | null,
): Promise<Config> {
  const credentials = { accessKeyId, accessKeySecret };
  const file = join(dir, 'newleaf.yaml');
  const document = {
    accounts: [{ name: 'main', credentials, regions: ['cn-hangzhou'] }],
    cloud: { endpoints, dial, rateShare: 1 },
    ...(storeUrl === null ? {} : { store: { url: storeUrl } }),
    dataDir: join(dir, 'data'),
    probe: { roots: [rootCaFile], perLoadBalancer: '1000/s' },
    verify: { rounds: 1, gap: '10ms' },
    defaults: { mode: 'auto', windows: [], renewBefore: '1d', maxConcurrent: rotationsAtOnce },
  };
  await writeFile(file, stringify(document));
  return loadConfig(file, {});
}

/** Everything that is remembered goes through this store, and calls to the cloud keep no rate. */
function overStore(config: Config, opened: Infra, store: Store): Infra {
  const parts = { store, clock: systemClock, entropy: systemEntropy };
  const { attempt, total, lease } = callTimes(config);
  const keys = config.accounts[0]?.credentials;
  const account = openAccount(
    {
      name: 'main',
      credentials: {
        kind: 'keys',
        accessKeyId: keys?.accessKeyId?.reveal() ?? '',
        accessKeySecret: keys?.accessKeySecret?.reveal() ?? '',
        securityToken: null,
      },
      regions: ['cn-hangzhou'],
      endpoints: config.cloud.endpoints,
      timeouts: { attemptMs: attempt, totalMs: total },
      rateShare: null,
      ownerTags: [],
      useDetail: true,
    },
    { ...parts, log: quietLog, onCall: () => {} },
  );
  return {
    ...opened,
    ...parts,
    accounts: [account],
    journal: openJournal(parts),
    admission: openAdmission(store),
    inventory: openInventory(store),
    operator: openOperatorState(store),
    ledger: openAlertLedger(store),
    audit: openAuditTrail({ store, sha256 }),
    leases: openLeases({ ...parts, ttl: lease, callTimeout: 8000 }),
  };
}

interface Followed {
  readonly added: Millis;
  readonly done: (took: Millis) => void;
  readonly failed: (error: Error) => void;
  /** From adding the request; null before it is committed. */
  took: Millis | null;
}

const failures: readonly string[] = ['refused', 'rolled-back', 'needs-operator'];
const Refused = z.looseObject({ kind: z.literal('refused'), reason: z.string() });

/** Follows requests to their end from within: asking the queue or the store would take a share of what is measured. */
class RotationWatch {
  readonly #followed = new Map<string, Followed>();
  readonly #listeners = new Map<string, string>();

  async follow(requests: AnyQueue, listener: string, to: string): Promise<Millis> {
    const timer = new AbortController();
    const ended = new Promise<Millis>((done, failed) => {
      this.#followed.set(listener, { added: performance.now(), done, failed, took: null });
      delay(patience, undefined, { signal: timer.signal }).then(
        () => failed(new Error(`the rotation of ${listener} to ${to} did not end`)),
        () => {},
      );
    });
    try {
      const reason = 'how long does it take';
      const added = requests.add('rotate', { listener, to, requestedBy: 'benchmark', reason });
      const [took] = await Promise.all([ended, added]);
      return took;
    } finally {
      timer.abort();
      this.#followed.delete(listener);
    }
  }

  over(journal: Journal): Journal {
    return {
      ...journal,
      create: async (record) => {
        this.#listeners.set(record.id, record.plan.ref.listenerId);
        await journal.create(record);
      },
      append: async (rotationId, event, after) => {
        const entry = await journal.append(rotationId, event, after);
        const followed = this.#of(rotationId);
        if (followed !== undefined && event.kind === 'committed')
          followed.took = performance.now() - followed.added;
        if (failures.includes(event.kind))
          followed?.failed(new Error(`${rotationId} ended as ${JSON.stringify(event)}`));
        return entry;
      },
    };
  }

  within(jobs: JobUseCases): JobUseCases {
    return {
      ...jobs,
      request: async (request, signal) => {
        const submitted = await jobs.request(request, signal);
        const refused = Refused.safeParse(submitted);
        if (refused.success)
          this.#followed.get(request.listener)?.failed(new Error(refused.data.reason));
        return submitted;
      },
      rotate: async (rotationId, signal) => {
        await jobs.rotate(rotationId, signal);
        const followed = this.#of(rotationId);
        if (followed !== undefined && followed.took !== null) followed.done(followed.took);
      },
    };
  }

  #of(rotationId: string): Followed | undefined {
    return this.#followed.get(this.#listeners.get(rotationId) ?? '');
  }
}
