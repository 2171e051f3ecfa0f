import { setTimeout as sleep } from 'node:timers/promises';
import { NewleafError } from '../../domain/errors.ts';
import { daemonClient } from '../client.ts';
import { type Io, printJson } from '../io.ts';
import { cast } from './cast.ts';
import { thingsToTry } from './commands.ts';
import { type Control, controlOf } from './control.ts';
import { isDecided, type Result, resultsOf } from './expectations.ts';
import { type Look, look, seenOf } from './look.ts';
import { renderReport, reportDocument } from './report.ts';
import type { SandboxReady } from './sandbox-shapes.ts';
import { seenSentence } from './sentences.ts';
import { openStage, type RunningDaemon, type Stage } from './stage.ts';
import type { Story } from './story.ts';
import { silent, type Teller, tellerOn } from './teller.ts';
import { openWatch, type Watch } from './watch.ts';

export interface DemoOptions {
  /** End when every expectation is decided, instead of staying up. */
  readonly exit: boolean;
  /** One JSON document at the end instead of the story. */
  readonly json: boolean;
  /** Ordered in the sandbox before the daemon starts; null for none. */
  readonly fault: unknown;
}

/** Since the program was started. What is not decided by then has failed. */
const deadlineMillis = 50_000;
const pollMillis = 250;

interface Scene {
  readonly stage: Stage;
  readonly teller: Teller;
  readonly ready: SandboxReady;
  readonly control: Control;
  readonly before: Look;
  readonly daemon: RunningDaemon;
}

/**
 * Runs the whole product against a sandbox and compares what happens with what has to happen. Returns the exit code: 0 when
 * every expectation held, else 1. Rejects when aborted before that, or with what ended a process it needs; nothing that it
 * started is left behind in any case.
 */
export async function runDemo(io: Io, options: DemoOptions, stopped: AbortSignal): Promise<number> {
  const teller = options.json ? silent : tellerOn(io);
  const stage = await openStage(
    stopped,
    Math.max(0, Math.round(deadlineMillis - performance.now())),
  );
  try {
    return await play(io, options, stage, teller);
  } catch (error) {
    // Which of them is told: why the stage broke down says more than the wait that was interrupted by it.
    if (stage.signal.aborted && !stopped.aborted) throw stage.signal.reason;
    throw error;
  } finally {
    await stage.strike();
  }
}

async function play(io: Io, options: DemoOptions, stage: Stage, teller: Teller): Promise<number> {
  const scene = await open(stage, teller, options.fault);
  const watch = watchOf(scene);
  const story = await follow(scene, watch);
  const results = resultsOf(story);
  const code = results.every(({ held }) => held) ? 0 : 1;
  report(io, options, scene, { story, results });
  if (!options.exit) await stayUp(scene, watch);
  return code;
}

async function open(stage: Stage, teller: Teller, fault: unknown): Promise<Scene> {
  const { receiver, signal } = stage;
  teller.print('newleaf demo: everything runs on this machine, and no real cloud hears of it.\n');
  const ready = await stage.startSandbox();
  const control = controlOf(ready.control, signal);
  teller.say(
    'sandbox',
    'A local Alibaba Cloud is up: four load balancers that end TLS in two zones each.',
  );
  const before = await look(control, ready, signal);
  teller.say('demo', 'Handshakes of its own, to have something to compare with:');
  teller.add(cast.map((role) => seenSentence(role.name, seenOf(before, role), new Date())));
  if (fault !== null) {
    await control.fault(fault);
    teller.say('demo', `Ordered in the sandbox: ${JSON.stringify(fault)}`, 'yellow');
  }
  teller.say('demo', `Takes alerts at ${receiver.url} and checks the signature of each request.`);
  const daemon = await stage.startDaemon(ready);
  teller.say('newleaf', `The daemon runs. Its status page is at ${daemon.url}/`);
  return { stage, teller, ready, control, before, daemon };
}

function watchOf({ stage, teller, ready, control, before, daemon }: Scene): Watch {
  const { signal, receiver } = stage;
  const deps = { teller, daemon: daemonClient(daemon, signal), control, ready, signal };
  return openWatch(deps, { before, alerts: receiver.alerts });
}

/** Watches until everything is decided or the time is up, and then takes the last look. */
async function follow(scene: Scene, watch: Watch): Promise<Story> {
  const { stage, control, ready, before } = scene;
  const { receiver, signal } = stage;
  const sofar = (): Story => ({
    before,
    alerts: [...receiver.alerts],
    refused: receiver.refused,
    rotations: watch.rotations,
    after: null,
  });
  await watch.step();
  while (!isDecided(sofar()) && performance.now() < deadlineMillis) {
    await sleep(pollMillis, undefined, { signal });
    await watch.step();
  }
  const last = await look(control, ready, signal);
  return { ...sofar(), after: { ...last, calls: await control.calls() } };
}

function report(
  io: Io,
  { exit, json }: DemoOptions,
  { teller, daemon, ready }: Scene,
  { story, results }: { readonly story: Story; readonly results: readonly Result[] },
): void {
  if (json) printJson(io, reportDocument(story, results, daemon));
  teller.print(renderReport(io, story, results));
  if (!exit) teller.print(['', ...thingsToTry({ ...daemon, control: ready.control })].join('\n'));
}

/** Goes on telling what happens until somebody stops it. */
async function stayUp({ stage }: Scene, watch: Watch): Promise<void> {
  const { signal } = stage;
  for (;;) {
    try {
      await sleep(pollMillis, undefined, { signal });
      await watch.step();
    } catch (error) {
      if (!signal.aborted) throw error;
      if (signal.reason instanceof NewleafError) throw signal.reason;
      return;
    }
  }
}
