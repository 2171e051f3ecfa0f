import type { Queues } from '../jobs/queues.ts';
import type { Settings, UseCases } from './build-usecases.ts';
import type { Infra } from './compose.ts';
import type { Log } from './ports/log.ts';

/** What the parts of the daemon share. */
export interface Parts {
  readonly settings: Settings;
  readonly infra: Infra;
  readonly queues: Queues;
  readonly usecases: UseCases;
  readonly runChores: () => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}
