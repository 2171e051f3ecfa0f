/** The job that has waited longest in a queue. */
export interface WaitingJob {
  readonly id: string;
  /** When its producer added it, by the producer's clock. */
  readonly since: Date;
}

/** A look at the queues from outside. */
export interface QueueLook {
  /** Every queue with the job in it that nobody has taken for longest; null where none waits. Jobs that run do not count. */
  oldestWaiting(): Promise<readonly { readonly queue: string; readonly job: WaitingJob | null }[]>;
}
