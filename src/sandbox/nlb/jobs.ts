import { randomUUID } from 'node:crypto';
import { isAimedAt } from '../faults/aim.ts';
import type { Fault, FaultBook } from '../faults/book.ts';

export type JobStatus = 'Processing' | 'Succeeded' | 'Failed';

export interface JobRequest {
  readonly region: string;
  readonly action: string;
  readonly listenerId: string;
  /** Those the write names. */
  readonly certificateIds: readonly string[];
  /** Makes the change real. */
  readonly finish: () => void;
  /** Puts back what the start of the job changed. */
  readonly abandon: () => void;
}

interface Job extends JobRequest {
  readonly id: string;
  readonly status: JobStatus;
}

type FaultOfJobs = Extract<Fault, { kind: 'fail-job' | 'stuck-job' }>;

/** How many jobs are remembered; a client that asks for an older one is told that there is none. */
const kept = 20_000;

/** Asynchronous work on listeners: it takes `jobMillis`, and may be ordered to fail or to hang. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Jobs that hang, with the fault that makes each do so. */
  readonly #stuck = new Map<string, string>();
  readonly #faults: FaultBook;
  readonly #jobMillis: number;
  readonly #watchers: ((job: JobRequest) => void)[] = [];
  #closed = false;

  constructor(faults: FaultBook, jobMillis: number) {
    this.#faults = faults;
    this.#jobMillis = jobMillis;
    faults.watch((change) => {
      if (change.kind === 'cleared') this.#release(change.id);
    });
  }

  /** Starts a job and returns its id. */
  start(request: JobRequest): string {
    const job: Job = { ...request, id: randomUUID(), status: 'Processing' };
    this.#jobs.set(job.id, job);
    this.#forgetOld();
    const concerned = (fault: FaultOfJobs) =>
      (fault.action === '*' || fault.action === job.action) && isAimedAt(fault, job);
    const stuckBy = this.#faults.takeId('stuck-job', concerned);
    if (stuckBy !== null) this.#stuck.set(job.id, stuckBy);
    else this.#schedule(job, this.#faults.take('fail-job', concerned) === null);
    return job.id;
  }

  status(region: string, id: string): JobStatus | null {
    const job = this.#jobs.get(id);
    return job?.region === region ? job.status : null;
  }

  /** All that are remembered, oldest first. */
  ids(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** Calls `watcher` after every job that succeeded. */
  watch(watcher: (job: JobRequest) => void): void {
    this.#watchers.push(watcher);
  }

  /** Jobs under way stay so, and so do those that are started later. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(job: Job, succeeds: boolean): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#end(job, succeeds);
    }, this.#jobMillis);
    this.#timers.add(timer);
  }

  #end(job: Job, succeeds: boolean): void {
    this.#jobs.set(job.id, { ...job, status: succeeds ? 'Succeeded' : 'Failed' });
    if (!succeeds) return job.abandon();
    job.finish();
    for (const watcher of this.#watchers) watcher(job);
  }

  /** The oldest go first, unless they are still under way. */
  #forgetOld(): void {
    if (this.#jobs.size <= kept) return;
    const over = [...this.#jobs.values()].find((job) => job.status !== 'Processing');
    if (over !== undefined) this.#jobs.delete(over.id);
  }

  /** A hanging job goes on as soon as its fault is cleared, or all are (null). */
  #release(faultId: string | null): void {
    for (const [id, stuckBy] of this.#stuck) {
      if (faultId !== null && faultId !== stuckBy) continue;
      this.#stuck.delete(id);
      const job = this.#jobs.get(id);
      if (job !== undefined) this.#schedule(job, true);
    }
  }
}
