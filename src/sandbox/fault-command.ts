import { parseArgs } from 'node:util';
import type { CommandIo } from './command.ts';
import { UsageError } from './usage-error.ts';

const usage = `usage: newleaf sandbox fault --control URL KIND [--FIELD VALUE]…
       newleaf sandbox fault --control URL list
       newleaf sandbox fault --control URL clear [ID]
kinds and their fields:
  answer           --action A [--times N|always] [--code C] [--status N] [--message T] [--product P] [--region R]
                   [--retry-after-millis N] [--body html-502|empty-503|reset|hang] [--seconds N]
  lose-reply       --action A [--times N|always] [--product P] [--region R]
  fail-job         --action A [--times N|always] [--listener-id L]
  stuck-job        --action A [--times N|always] [--listener-id L]
  keep-old         --zone Z [--listener-id L]
  no-intermediate  [--zone Z] [--listener-id L]
  drop             --zone Z [--listener-id L]
  rebind           --listener-id L --certificate-id C [--after-action A] [--after-times N]
`;

const fields = {
  control: { type: 'string' },
  help: { type: 'boolean' },
  action: { type: 'string' },
  times: { type: 'string' },
  code: { type: 'string' },
  status: { type: 'string' },
  message: { type: 'string' },
  product: { type: 'string' },
  region: { type: 'string' },
  body: { type: 'string' },
  seconds: { type: 'string' },
  'retry-after-millis': { type: 'string' },
  zone: { type: 'string' },
  'listener-id': { type: 'string' },
  'certificate-id': { type: 'string' },
  'after-action': { type: 'string' },
  'after-times': { type: 'string' },
} as const;

/** Orders, lists or clears faults of a running sandbox over its control endpoint. Prints what that endpoint answers. */
export async function runFaultCommand(
  argv: readonly string[],
  io: CommandIo,
  signal: AbortSignal,
): Promise<number> {
  const { values, positionals } = parsed(argv);
  if (values.help === true) {
    io.stdout(usage);
    return 0;
  }
  const [what, id] = positionals;
  if (values.control === undefined || what === undefined) throw new UsageError(usage);
  const { method, path, body } = requestFor(what, id, values);
  const reply = await fetch(new URL(path, values.control), {
    method,
    signal,
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(text.trim());
  io.stdout(text);
  return 0;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: fields, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Values = Partial<Record<keyof typeof fields, string | boolean>>;

function requestFor(what: string, id: string | undefined, values: Values) {
  if (what === 'list') return { method: 'GET', path: '/faults', body: null };
  if (what === 'clear') {
    const path = id === undefined ? '/faults' : `/faults?id=${encodeURIComponent(id)}`;
    return { method: 'DELETE', path, body: null };
  }
  return { method: 'POST', path: '/faults', body: faultFrom(what, values) };
}

const numeric = new Set(['times', 'status', 'seconds', 'retryAfterMillis']);

/** The endpoint judges the fault; here only names and numbers are put into its words. */
function faultFrom(kind: string, values: Values): Readonly<Record<string, unknown>> {
  const {
    control: _control,
    help: _help,
    'after-action': action,
    'after-times': times,
    ...rest
  } = values;
  const named = Object.entries(rest).map(([option, value]) => {
    const name = option.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    return [name, numeric.has(name) ? numberOr(value) : value];
  });
  const after =
    action === undefined
      ? {}
      : { after: { action, ...(times === undefined ? {} : { times: numberOr(times) }) } };
  return { kind, ...Object.fromEntries(named), ...after };
}

function numberOr(value: unknown): unknown {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
