import type { Command } from 'commander';
import { createDaemonLog } from '../../compose.ts';
import type { Settings } from '../../build-usecases.ts';
import { type Daemon, startDaemon } from '../../daemon.ts';
import type { Context } from '../context.ts';
import type { Log } from '../../ports/log.ts';
import { reload } from './reload.ts';

/** Milliseconds for the last connections to end by themselves. */
const lastWait = 1000;

/** Runs the daemon in the foreground until it is told to stop. */
export function addRunCommand(program: Command, context: Context): void {
  program
    .command('run')
    .description(
      'run the daemon: scan, alert and rotate until stopped (SIGTERM); SIGHUP reads the rules again',
    )
    .option('--verbose', 'log every step')
    .action(async ({ verbose }: { readonly verbose?: boolean }) => {
      const settings: Settings = { current: context.config() };
      const log = createDaemonLog(verbose === true ? 'debug' : 'info');
      // From the first moment on: without a listener the signal would end the process.
      let daemon: Daemon | null = null;
      const onHangup = (): void => {
        const reloaded = reload(settings, () => context.config(), log);
        daemon?.tellReload(reloaded);
      };
      process.on('SIGHUP', onHangup);
      daemon = await startedUnlessStopped(settings, log, context.signal);
      if (daemon === null) return;
      await stopped(context.signal);
      await daemon.stop();
      // Whatever did not close must not keep a daemon alive that has stopped.
      setTimeout(() => process.exit(), lastWait).unref();
    });
}

/** Null when it was told to stop while it still waited for its store. */
async function startedUnlessStopped(
  settings: Settings,
  log: Log,
  signal: AbortSignal,
): Promise<Daemon | null> {
  try {
    return await startDaemon(settings, log, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    log.info({}, 'stopped before it had started');
    return null;
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
