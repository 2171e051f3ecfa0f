import { z } from 'zod';
import { type CommandIo, readCommandLine } from './command-line.ts';
import { type FaultField, type FaultForm, faultForms } from './fault-forms.ts';
import { UsageError } from './usage-error.ts';

/** Orders, lists or clears faults of a running sandbox over its control endpoint. Prints what that endpoint answers. */
export async function runFaultCommand(
  argv: readonly string[],
  io: CommandIo,
  signal: AbortSignal,
): Promise<number> {
  const forms = faultForms();
  const { values, positionals } = parsed(argv, forms);
  if (values['help'] === true) {
    io.stdout(usageOf(forms));
    return 0;
  }
  const { control, ...fields } = values;
  const [what] = positionals;
  if (what === undefined) throw new UsageError(usageOf(forms));
  if (typeof control !== 'string') {
    throw new UsageError('--control URL is missing: the sandbox prints it when it is ready');
  }
  const { method, path, body } = requestFor(positionals, fields, forms);
  const request = { method, signal, ...(body === null ? {} : { body: JSON.stringify(body) }) };
  const reply = await fetch(new URL(path, urlOf(control)), request).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Error(`no sandbox answers at ${control}`, { cause: error });
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(reasonIn(text));
  io.stdout(text);
  return 0;
}

/** What the endpoint says, in one line. */
function reasonIn(text: string): string {
  return (errorIn(text) ?? text).replaceAll(/\s+/g, ' ').trim();
}

const refusal = z.object({ error: z.string() });

function errorIn(text: string): string | null {
  try {
    return refusal.parse(JSON.parse(text)).error;
  } catch {
    return null;
  }
}

function urlOf(control: string): string {
  if (URL.canParse(control)) return control;
  throw new UsageError(`--control must be a URL like http://127.0.0.1:18080, not ${control}`);
}

type Values = Readonly<Record<string, unknown>>;

function parsed(argv: readonly string[], forms: readonly FaultForm[]) {
  const fields = forms.flatMap((form) => form.fields);
  const options = fields.map(({ option, type }) => {
    return [
      option,
      { type: type === 'flag' ? ('boolean' as const) : ('string' as const) },
    ] as const;
  });
  return readCommandLine(argv, {
    options: {
      ...Object.fromEntries(options),
      control: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
}

function requestFor(words: readonly string[], fields: Values, forms: readonly FaultForm[]) {
  const [what, id] = words;
  const superfluous = words[what === 'clear' ? 2 : 1];
  if (superfluous !== undefined) throw new UsageError(`nothing is known of ${superfluous}`);
  const form = forms.find(({ kind }) => kind === what);
  if (form !== undefined) return { method: 'POST', path: '/faults', body: faultFrom(form, fields) };
  if (what !== 'list' && what !== 'clear') {
    const kinds = forms.map(({ kind }) => kind).join(', ');
    throw new UsageError(`no fault ${what}; there are ${kinds}; and list, clear`);
  }
  const [option] = Object.keys(fields);
  if (option !== undefined) throw new UsageError(`${what} takes no --${option}`);
  const path = id === undefined ? '/faults' : `/faults?id=${encodeURIComponent(id)}`;
  return { method: what === 'list' ? 'GET' : 'DELETE', path, body: null };
}

/** The endpoint judges what the values mean; here they are read and put into its words. */
function faultFrom(form: FaultForm, given: Values): Values {
  const lacking = form.fields.find(({ option, required }) => required && !(option in given));
  if (lacking !== undefined) throw new UsageError(`${form.kind} needs ${wordFor(lacking)}`);
  const fault: Record<string, unknown> = { kind: form.kind };
  for (const [option, value] of Object.entries(given)) {
    const field = form.fields.find((each) => each.option === option);
    if (field === undefined) throw new UsageError(`${form.kind} takes ${optionsOf(form)} only`);
    requireFit(field, value);
    Object.assign(fault, nested(fault, field.path, valueFor(field, value)));
  }
  return fault;
}

/** `into` with the value at a path; what stands beside it stays. */
function nested(into: Values, [name = '', ...rest]: readonly string[], value: unknown): Values {
  if (rest.length === 0) return { ...into, [name]: value };
  const inner = into[name];
  const known: Values = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  return { ...into, [name]: nested(known, rest, value) };
}

/** A hint in capitals is a name for any text. */
function requireFit({ option, hint, type }: FaultField, value: unknown): void {
  if (typeof value !== 'string' || type === 'texts') return;
  const fits = hint
    .split('|')
    .some((each) => (each === 'N' ? aNumber.test(value) : /^[A-Z]+$/.test(each) || each === value));
  if (!fits) throw new UsageError(`--${option} must be ${hint}, not ${value}`);
}

const aNumber = /^-?\d+(\.\d+)?$/;

function valueFor({ type }: FaultField, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'texts') return value.split(',');
  return type === 'number' && aNumber.test(value) ? Number(value) : value;
}

function optionsOf({ fields }: FaultForm): string {
  return fields.map(({ option }) => `--${option}`).join(', ');
}

const widest = 110;

function usageOf(forms: readonly FaultForm[]): string {
  const width = Math.max(...forms.map(({ kind }) => kind.length)) + 2;
  return [
    'usage: newleaf sandbox fault --control URL KIND [--FIELD VALUE]…',
    '       newleaf sandbox fault --control URL list',
    '       newleaf sandbox fault --control URL clear [ID]',
    'kinds and their fields:',
    ...forms.flatMap((form) => linesFor(form, width)),
    '',
  ].join('\n');
}

function linesFor({ kind, fields }: FaultForm, width: number): readonly string[] {
  const lines = [`  ${kind.padEnd(width)}`];
  for (const word of fields.map(wordFor)) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length < widest) lines[lines.length - 1] = `${last}${word} `;
    else lines.push(`${' '.repeat(width + 2)}${word} `);
  }
  return lines.map((line) => line.trimEnd());
}

function wordFor({ option, hint, required, type }: FaultField): string {
  const word = type === 'flag' ? `--${option}` : `--${option} ${hint}`;
  return required ? word : `[${word}]`;
}
