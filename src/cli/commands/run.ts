import type { Command } from 'commander';
import { createDaemonLog } from '../../compose.ts';
import type { Settings } from '../../build-usecases.ts';
import { startDaemon } from '../../daemon.ts';
import type { Context } from '../context.ts';

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
      const daemon = await startDaemon(settings, log);
      const reload = (): void => {
        try {
          settings.current = context.config();
          log.info({}, 'configuration read again: rules, windows and routes are in force');
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          log.error({ reason }, 'configuration not read again: the earlier one stays in force');
        }
      };
      process.on('SIGHUP', reload);
      await stopped(context.signal);
      process.off('SIGHUP', reload);
      await daemon.stop();
      // Whatever did not close must not keep a daemon alive that has stopped.
      setTimeout(() => process.exit(), lastWait).unref();
    });
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
