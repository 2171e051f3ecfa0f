import type { Command } from 'commander';
import { missingDocument } from '../../api/scan.ts';
import { checkConfig } from '../../config/check.ts';
import { type Explanation, explainListener } from '../../config/explain.ts';
import { rulesFrom } from '../../config/rules.ts';
import { configJsonSchema } from '../../config/schema.ts';
import { showConfig } from '../../config/show.ts';
import { NewleafError } from '../../domain/errors.ts';
import { listenerKey } from '../../domain/listener.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { sentenceOf } from '../render/attention.ts';
import { scanOnce } from './scan.ts';

interface Format {
  readonly json?: boolean;
}

/** The commands about the configuration. They need no daemon. */
export function addConfigCommand(program: Command, context: Context): void {
  const config = program.command('config').description('check, show and explain the configuration');
  config
    .command('check')
    .description('say what is wrong with the configuration; 0 when nothing is')
    .option('--json', 'print one JSON document')
    .action(({ json }: Format) => check(context, json === true));
  config
    .command('show')
    .description('the configuration in force, defaults filled in and secrets hidden, as YAML')
    .action(() => context.io.out(showConfig(context.config())));
  config
    .command('schema')
    .description('the JSON Schema of the configuration file')
    .action(() => printJson(context.io, configJsonSchema()));
  config
    .command('explain')
    .description('which policy applies to a listener, and why the earlier ones do not')
    .argument('<listener>', 'listener id, or account/region/product/load balancer/listener')
    .option('--json', 'print one JSON document')
    .action((listener: string, { json }: Format) => explain(context, listener, json === true));
}

function check(context: Context, json: boolean): void {
  const { io } = context;
  const checked = checkConfig(context.configPath());
  const { kind } = checked;
  const lines = kind === 'valid' ? checked.notes : checked.problems;
  if (json)
    printJson(io, { valid: kind === 'valid', [kind === 'valid' ? 'notes' : 'problems']: lines });
  else
    io.out(
      [...lines, kind === 'valid' ? 'the configuration is valid' : ''].join('\n').trimEnd() + '\n',
    );
  if (kind === 'invalid') process.exitCode = 1;
}

async function explain(context: Context, name: string, json: boolean): Promise<void> {
  const config = context.config();
  const { inventory } = await scanOnce(context, config, { probe: false });
  const found = inventory.listeners.find(
    ({ state }) => state.ref.listenerId === name || listenerKey(state.ref) === name,
  );
  if (found === undefined) {
    const gaps = inventory.missing.map((gap) => sentenceOf(missingDocument(gap)));
    const unread = [...new Set(gaps)];
    const hidden = unread.length === 0 ? '' : ` (${unread.join(', ')})`;
    throw new NewleafError(
      'not-found',
      `no listener ${name} is found${hidden}: newleaf scan lists them`,
    );
  }
  const explanation = explainListener(rulesFrom(config), found.state);
  if (json) printJson(context.io, explanation);
  else context.io.out(renderExplanation(explanation));
}

function renderExplanation({ policy, passedOver, alsoMatching }: Explanation): string {
  const earlier = passedOver.flatMap(({ policy: name, missed }) =>
    missed.map(
      ({ key, wanted, actual }) =>
        `${name} does not match: ${key} is ${actual ?? 'not set'}, not ${wanted.join(' or ')}`,
    ),
  );
  const windows = policy.windows.map((window) => window.name).join(', ') || 'any time';
  return [
    ...earlier,
    `${policy.name} applies: mode ${policy.mode}, windows ${windows}`,
    ...alsoMatching.map((name) => `${name} matches too, but comes later`),
    '',
  ].join('\n');
}
