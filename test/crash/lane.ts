import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { RequestDocument } from '../../src/api/requests.ts';
import { RotationDocument, RotationsDocument } from '../../src/api/rotation.ts';
import { order } from '../helpers/sandbox-control.ts';
import { main, root } from '../helpers/main.ts';
import { type DaemonProcess, killed, quickConfig, watchDaemon } from '../helpers/processes.ts';
import type { Ground } from './ground.ts';
import { nameOf, type Point } from './points.ts';
import { assertServed, type Bound, boundOn, type Call, exchanged, writesSince } from './truth.ts';

/** A daemon that can be told where to die. */
interface Victim {
  readonly child: ChildProcess;
  readonly daemon: DaemonProcess;
}

export interface LaneOptions {
  /** A folder of its own. */
  readonly dir: string;
  readonly ground: Ground;
  /** Laid over the quick configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether a second replica runs all the time and takes over. */
  readonly replica?: boolean;
  /** How each rotation must end. */
  readonly ends?: 'committed' | 'rolled-back';
  /** Done while no daemon of the lane runs, or, with a replica, while it is about to take over. */
  readonly meanwhile?: () => Promise<void>;
}

/**
 * One listener that is rotated to and fro. In each rotation the daemon that carries it is killed at a point, and whoever comes next (a new
 * process, or the replica) must bring it to its end, and is the next to be killed.
 */
export class Lane implements AsyncDisposable {
  readonly #options: LaneOptions;
  readonly #alive = new Set<Victim>();
  #last: Call | null = null;
  /** The committed rotation to take back; null when the next one goes forward. */
  #takesBack: string | null = null;
  kills = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { dir, ground, config } = this.#options;
    const verify = { deadline: '60s', rounds: 2, gap: '50ms', settle: '300ms' };
    const all = { ...quickConfig(ground.sandbox, dir), verify, ...ground.config, ...config };
    await writeFile(join(dir, 'newleaf.yaml'), stringify(all));
    await this.#crew();
    const [first] = this.#alive;
    await first?.daemon.logged('scan ended');
  }

  /** One rotation with one crash in it. */
  async run(point: Point): Promise<void> {
    const { ground, ends = 'committed', meanwhile } = this.#options;
    const before = await boundOn(ground);
    assert.equal(await this.#strike(point), 'SIGKILL', nameOf(point));
    this.kills += 1;
    await meanwhile?.();
    const survivor = await this.#crew();
    const rotation = await this.#closed(survivor, point);
    const after = exchanged(before, rotation.from, rotation.to);
    await this.#assertEnd(rotation, ends, ends === 'committed' ? after : before);
    if (ends === 'committed')
      this.#takesBack = this.#takesBack === null ? rotation.rotationId : null;
  }

  /** One rotation, and once it has come to this event something happens to its store. */
  async outlive(event: string, outage: (daemon: DaemonProcess) => Promise<void>): Promise<void> {
    const before = await boundOn(this.#options.ground);
    const [victim] = this.#alive;
    if (victim === undefined) throw new Error('nobody runs');
    await this.#ask(victim);
    const { rotationId } = await victim.daemon.logged('rotation moved on', { event });
    await outage(victim.daemon);
    await victim.daemon.logged('rotation moved on', { rotationId, event: 'closed' });

    const rotation = await this.#latest(victim);
    const after = exchanged(before, rotation.from, rotation.to);
    await this.#assertEnd(rotation, 'committed', after);
  }

  /** A rotation with a crash in it, during which somebody else binds a certificate of theirs: the last one of a lane. */
  async yieldTo(third: string, point: Point): Promise<void> {
    const { ground } = this.#options;
    const { listenerId } = ground;
    const before = await boundOn(ground);
    const after = { action: 'UpdateListenerAttribute' };
    await order(ground.sandbox, { kind: 'rebind', listenerId, certificateId: third, after });
    assert.equal(await this.#strike(point), 'SIGKILL', nameOf(point));
    this.kills += 1;
    const survivor = await this.#crew();
    const rotation = await this.#closed(survivor, point);
    const theirs = exchanged(before, rotation.from, third);
    await this.#assertEnd(rotation, 'needs-operator', theirs);
  }

  /** Outcome, bindings, what every zone serves and what was sent all say the same. */
  async #assertEnd(
    rotation: RotationDocument,
    outcome: RotationDocument['outcome'],
    wanted: Bound,
  ): Promise<void> {
    const { ground } = this.#options;
    const told = `${rotation.detail} ${JSON.stringify(rotation.mismatches)}: ${rotation.journal.map(({ kind }) => kind).join(', ')}`;
    assert.equal(rotation.outcome, outcome, told);
    const bound = await boundOn(ground);
    assert.deepEqual(bound, wanted, told);
    assert.ok(bound.settled, told);
    await assertServed(ground, bound);
    await this.#assertOneTokenEach(rotation, told);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#alive].map(({ child }) => killed(child)));
  }

  /** Asks for a rotation and resolves to how the process ended that was told to die in it. */
  async #strike(point: Point): Promise<NodeJS.Signals | null> {
    const crew = [...this.#alive];
    await Promise.all(crew.map((victim) => arm(victim, point)));
    const gone = Promise.race(crew.map(async (victim) => this.#gone(victim)));
    const [first] = crew;
    if (first === undefined) throw new Error('nobody runs');
    const asked = this.#ask(first).then(
      () => null,
      (error: unknown) => error,
    );
    const signal = await Promise.race([gone, this.#refusal(asked, first)]);
    if (signal instanceof Error) throw signal;
    // Whoever is left must not die at the same point: it waits for the lease of the dead for much longer than this takes.
    await Promise.all([...this.#alive].map((victim) => arm(victim, null)));
    return signal;
  }

  /** Why nothing was begun; never resolves when something was, or when whoever was asked died before it had answered. */
  async #refusal(asked: Promise<unknown>, victim: Victim): Promise<Error> {
    const error = await asked;
    const isRefused = error instanceof Error && !(error instanceof TypeError);
    return isRefused && this.#alive.has(victim) ? error : new Promise(() => undefined);
  }

  async #gone(victim: Victim): Promise<NodeJS.Signals | null> {
    await once(victim.child, 'exit');
    this.#alive.delete(victim);
    return victim.child.signalCode;
  }

  /** Makes up the number of daemons. Resolves to the one that has to carry on. */
  async #crew(): Promise<Victim> {
    const wanted = this.#options.replica === true ? 2 : 1;
    const left = [...this.#alive];
    for (let count = left.length; count < wanted; count += 1) this.#alive.add(await this.#start());
    const [survivor] = left.length > 0 ? left : this.#alive;
    if (survivor === undefined) throw new Error('nobody runs');
    return survivor;
  }

  async #start(): Promise<Victim> {
    const { dir } = this.#options;
    const strike = new URL('strike.mjs', import.meta.url).href;
    const config = join(dir, 'newleaf.yaml');
    const args = ['--import', strike, main, '-c', config, 'run', '--verbose'];
    const child = spawn(process.execPath, args, {
      cwd: root,
      // Who is killed has nothing to say about coverage, and measuring it makes seventy starts slower.
      env: { ...process.env, NO_COLOR: '1', NODE_V8_COVERAGE: '' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return { child, daemon: await watchDaemon(child) };
  }

  async #ask(victim: Victim, again = 5): Promise<void> {
    const { slot, listenerId: listener, old: from, fresh: to } = this.#options.ground;
    const who = { requestedBy: 'test', reason: 'to see it crash' };
    const answer =
      this.#takesBack === null
        ? await this.#api(victim, '/rotate', { listener, slot, from, to, ...who })
        : await this.#api(victim, `/rotations/${this.#takesBack}/rollback`, who);
    const asked = RequestDocument.parse(answer);
    if (asked.state !== 'refused') return;
    if (again === 0) throw new Error(`refused: ${asked.reason}`);
    // Calls of the scan before may have been late on a busy machine, or it has not come to this listener again since its last rotation.
    await this.#scan(victim);
    await this.#ask(victim, again - 1);
  }

  /** Any of the daemons may be the one that scans. */
  async #scan(victim: Victim): Promise<void> {
    const crew = [...this.#alive];
    const scans = (): number =>
      crew.flatMap(({ daemon }) => daemon.log).filter(({ msg }) => msg === 'scan ended').length;
    const before = scans();
    await this.#api(victim, '/scan', {});
    while (scans() === before) await Promise.race(crew.map(heard));
  }

  /** The rotation that was cut short, once the survivor has brought it to its end. */
  async #closed(survivor: Victim, { kind, when }: Point): Promise<RotationDocument> {
    const { rotationId } = await this.#latest(survivor);
    const event = 'closed';
    if (kind !== event || when === 'before')
      await survivor.daemon.logged('rotation moved on', { rotationId, event });
    return this.#latest(survivor);
  }

  async #latest(victim: Victim): Promise<RotationDocument> {
    const { rotations } = RotationsDocument.parse(await this.#api(victim, '/rotations'));
    const id = rotations[0]?.rotationId ?? '';
    return RotationDocument.parse(await this.#api(victim, `/rotations/${id}`));
  }

  async #api({ daemon }: Victim, path: string, body?: object): Promise<unknown> {
    const token = (await readFile(join(this.#options.dir, 'data', 'token'), 'utf8')).trim();
    // A connection that is kept may be closed by the daemon just when a busy machine comes back to it.
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      connection: 'close',
    };
    const ask = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const reply = await fetch(new URL(`/api/v1${path}`, daemon.url), { headers, ...ask });
    return reply.json();
  }

  /** However often a write was sent: under the token of its intent, and with nothing changed. */
  async #assertOneTokenEach({ journal }: RotationDocument, told: string): Promise<void> {
    const calls = await writesSince(this.#options.ground, this.#last?.requestId ?? null);
    this.#last = calls.at(-1) ?? this.#last;
    const intents = journal
      .filter(({ kind }) => kind === 'intended')
      .map((entry) => entry['token']);
    assert.equal(new Set(intents).size, intents.length, told);
    const asSent = new Map<string | null, Call>();
    for (const call of calls) {
      assert.ok(intents.includes(call.clientToken), `a write that nobody intended; ${told}`);
      const first = asSent.get(call.clientToken) ?? call;
      assert.deepEqual(essence(call), essence(first), told);
      asSent.set(call.clientToken, first);
    }
    assert.ok(asSent.size <= intents.length && asSent.size > 0, told);
  }
}

function essence({ action, params }: Call): unknown {
  return { action, params };
}

async function arm({ child }: Victim, point: Point | null): Promise<void> {
  const armed = once(child, 'message');
  child.send(point ?? { at: 'nowhere' });
  await armed;
}

/** Resolves when it says something. */
async function heard({ child }: Victim): Promise<void> {
  if (child.stdout !== null) await once(child.stdout, 'data');
}
