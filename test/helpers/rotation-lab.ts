import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openAccount } from '../../src/adapters/alibaba/account.ts';
import { openAdmission } from '../../src/adapters/state/admission.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import { openAuditTrail } from '../../src/adapters/state/audit/open.ts';
import { openInventory } from '../../src/adapters/state/inventory.ts';
import { openJournal } from '../../src/adapters/state/journal.ts';
import { openLeases } from '../../src/adapters/state/leases.ts';
import { openOperatorState } from '../../src/adapters/state/operator.ts';
import { openMeter } from '../../src/adapters/meter/meter.ts';
import { buildUsecases, type UseCases } from '../../src/build-usecases.ts';
import { callTimes, type Infra, machine, openWatch } from '../../src/compose.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Prober } from '../../src/ports/prober.ts';
import { loadConfig } from '../../src/config/load.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import type { Rotation } from '../../src/domain/rotation-state.ts';
import type { JournalEntry } from '../../src/domain/rotation.ts';
import type { RotateRequest } from '../../src/domain/request.ts';
import type { Rules } from '../../src/domain/rules.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import type { CloudAccount } from '../../src/ports/listeners.ts';
import { admitDue } from '../../src/usecases/admit.ts';
import { submitRequest } from '../../src/usecases/request.ts';
import type { Pace, RotateDeps } from '../../src/usecases/rotate/deps.ts';
import { executeRotation } from '../../src/usecases/rotate/execute.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import { memoryStore, quietLog } from './store.ts';

type Verify = Rules['verify'];

export interface LabOptions {
  /** Laid over a configuration in which every listener may rotate by itself. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Laid over a proof that is quick. */
  readonly verify?: Partial<Verify>;
  readonly pace?: Partial<Pace>;
  /** Zones that are outside the vantage. */
  readonly hidden?: readonly string[];
}

export interface RunOptions {
  /** Called after each event is written down, before anything follows from it. */
  readonly after?: (entry: JournalEntry) => Promise<void>;
  /** Called when the execution cannot go on by itself; it is started again afterwards. */
  readonly stuck?: (error: NewleafError) => Promise<void>;
}

/** Nothing here waits longer than it must. */
const quickProof: Verify = { deadline: 250, rounds: 2, gap: 10, settle: 60, blind: 'refuse' };

const quickPace: Partial<Pace> = { readGap: 1, poll: 5, retryPause: 2, jobDeadline: 20_000 };

async function nobody(): Promise<void> {}

/** Without queues nobody needs a hint. */
const dispatcher = {
  scan: nobody,
  rotation: nobody,
  delivery: nobody,
  oldestWaiting: async () => [],
};

/** Whoever hangs longer than this hangs for ever. */
const patience = 60_000;

/** A sandbox whose jobs and zones take no time. */
export function quickSandbox(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  return startSandbox({
    seed: 'small',
    jobMillis: 5,
    propagationMillis: 0,
    rateLimits: 'off',
    ...options,
  });
}

/**
 * The use cases as the daemon wires them, against a sandbox over HTTP and by real handshakes, on a store in this process and
 * without queues: whoever holds the lab does one thing after another.
 */
export class RotationLab {
  readonly usecases: UseCases;
  readonly infra: Infra;
  readonly #verify: Verify;
  readonly #pace: Partial<Pace>;
  readonly #signal = AbortSignal.timeout(patience);

  private constructor(infra: Infra, usecases: UseCases, options: LabOptions) {
    this.infra = infra;
    this.usecases = usecases;
    this.#verify = { ...quickProof, ...options.verify };
    this.#pace = { ...quickPace, ...options.pace };
  }

  /** Opens it with a store of its own and looks at everything once. */
  static async open(sandbox: RunningSandbox, options: LabOptions = {}): Promise<RotationLab> {
    const config = await readConfig({ ...labConfig(sandbox), ...options.config });
    const store = memoryStore();
    const parts = { store, ...machine };
    const infra: Infra = {
      prober: without(options.hidden ?? [], proberOf(sandbox, config)),
      accounts: [unpaced(sandbox, callTimes(config))],
      ...parts,
      queue: { kind: 'redis', url: 'redis://127.0.0.1:1', prefix: '{nobody}' },
      journal: openJournal(parts),
      admission: openAdmission(store),
      inventory: openInventory(store),
      operator: openOperatorState(store),
      ledger: openAlertLedger(store),
      audit: openAuditTrail(parts),
      leases: openLeases({ ...parts, ttl: callTimes(config).lease, callTimeout: 1000 }),
      monitors: [],
      sinks: [],
      heartbeat: null,
      meter: openMeter('lab'),
      close: async () => {},
    };
    const settings = { current: config };
    const lab = new RotationLab(
      infra,
      buildUsecases(settings, infra, dispatcher, quietLog),
      options,
    );
    await lab.scan();
    return lab;
  }

  async scan(probe = false): Promise<void> {
    await scan(this.usecases.scan, { probe }, this.#signal);
  }

  /** Asks for a rotation by hand and has it let in. Throws with the reason when it is refused or has to wait. */
  async ask(request: Pick<RotateRequest, 'listener' | 'slot' | 'from' | 'to'>): Promise<string> {
    const wanted = { ...request, requestedBy: 'ada', reason: 'a test' };
    const submitted = await submitRequest(this.usecases.request, wanted);
    if (submitted.kind === 'refused') throw new Error(submitted.reason);
    const [rotationId, ...more] = await this.admit();
    if (rotationId === undefined || more.length > 0) throw new Error(`${more.length} were let in`);
    return rotationId;
  }

  /** Lets in everything that may start now. */
  admit(): Promise<readonly string[]> {
    return admitDue(
      { ...this.usecases.plan, ...this.infra, ...machine, dispatcher, log: quietLog },
      this.#signal,
    );
  }

  /** Carries a rotation on until nothing more is to be done now. */
  async run(rotationId: string, { after, stuck }: RunOptions = {}): Promise<Rotation> {
    const deps = this.rotateDeps(after);
    for (;;) {
      try {
        const execution = await executeRotation(deps, rotationId, this.#signal);
        if ('rotation' in execution) return execution.rotation;
        throw new Error(`the rotation is ${execution.kind}`);
      } catch (error) {
        if (stuck === undefined || !(error instanceof NewleafError)) throw error;
        await stuck(error);
      }
    }
  }

  /** What executions are given: as the daemon's, but quicker. */
  rotateDeps(after: RunOptions['after'] = async () => {}): RotateDeps {
    const { rotate } = this.usecases;
    const { journal } = rotate;
    return {
      ...rotate,
      pace: { ...rotate.pace, ...this.#pace },
      rules: () => ({ ...rotate.rules(), verify: this.#verify }),
      journal: {
        ...journal,
        append: async (id, event, at) => {
          const entry = await journal.append(id, event, at);
          await after(entry);
          return entry;
        },
      },
    };
  }
}

function labConfig({ description }: RunningSandbox): Record<string, unknown> {
  const { accessKeyId, accessKeySecret, endpoints, dial, rootCaFile } = description;
  return {
    accounts: [
      { name: 'main', credentials: { accessKeyId, accessKeySecret }, regions: ['cn-hangzhou'] },
    ],
    cloud: { endpoints, dial, timeouts: { read: '5s' }, rateShare: 1 },
    probe: { roots: [rootCaFile], perLoadBalancer: '1000/s', timeout: '5s' },
    defaults: { mode: 'auto', windows: [], renewBefore: '1d' },
  };
}

function without(zones: readonly string[], prober: Prober): Prober {
  return {
    ...prober,
    reaches: (endpoint) => !zones.includes(endpoint.zone) && prober.reaches(endpoint),
  };
}

const probers = new WeakMap<RunningSandbox, Map<string, Prober>>();

/** One for all labs that look alike: reading the trust roots takes longer than a rotation. */
function proberOf(sandbox: RunningSandbox, config: Config): Prober {
  const known = probers.get(sandbox) ?? new Map<string, Prober>();
  probers.set(sandbox, known);
  const identities = config.clientIdentities.map(({ certificate }) => certificate.reveal());
  const key = JSON.stringify([config.probe, identities]);
  const prober = known.get(key) ?? openWatch(config, quietLog).prober;
  known.set(key, prober);
  return prober;
}

/** The sandbox keeps no rate, so neither do we: all that is left is work. */
function unpaced(
  { description }: RunningSandbox,
  { attempt, total }: ReturnType<typeof callTimes>,
): CloudAccount {
  const { accessKeyId, accessKeySecret, endpoints } = description;
  const credentials = { kind: 'keys', accessKeyId, accessKeySecret, securityToken: null } as const;
  const options = {
    name: 'main',
    credentials,
    regions: ['cn-hangzhou'],
    endpoints,
    timeouts: { attemptMs: attempt, totalMs: total },
    rateShare: null,
    ownerTags: [],
    useDetail: true,
  };
  return openAccount(options, { ...machine, log: quietLog, onCall: () => {} });
}

async function readConfig(
  document: Readonly<Record<string, unknown>>,
): Promise<ReturnType<typeof loadConfig>> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-lab-'));
  try {
    const file = join(dir, 'newleaf.yaml');
    await writeFile(file, stringify(document));
    return loadConfig(file, {});
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
