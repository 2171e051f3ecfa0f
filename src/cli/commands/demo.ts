import { type Command, Option } from 'commander';
import { NewleafError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';

interface Options {
  readonly exit?: boolean;
  readonly json?: boolean;
  readonly fault?: string;
}

const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first thing a newcomer runs: needs no configuration, no cloud and no other program. */
export function addDemoCommand(program: Command, { io, signal }: Context): void {
  program
    .command('demo')
    .description('watch newleaf at work on a local sandbox: scan, alerts, rotations, a rollback')
    .option('--exit', 'end when everything is decided: 0 when all was as it has to be, else 1')
    .option('--json', 'print one JSON document instead of the story')
    .addOption(new Option('--fault <json>', 'order a fault in the sandbox first').hideHelp())
    .action(async ({ exit, json, fault }: Options) => {
      // Loaded only here: nobody else needs it.
      const { runDemo } = await import('../demo/demo.ts');
      const options = { exit: exit === true, json: json === true, fault: faultIn(fault) };
      const quit = new AbortController();
      // A closed terminal must not leave processes behind. And npm passes a Ctrl-C on that we already have: tidying up goes on.
      const onSignal = (): void => quit.abort(new Error('told to stop'));
      for (const name of ends) process.on(name, onSignal);
      exitWith(await runDemo(io, options, AbortSignal.any([signal, quit.signal])));
    });
}

function faultIn(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `--fault takes a JSON object such as {"kind":"keep-old","zone":"cn-hangzhou-b"}`;
    throw new NewleafError('request.invalid', message, { cause: error });
  }
}
