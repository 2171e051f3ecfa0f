import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Command } from 'commander';
import { z } from 'zod';
import { AlertsDocument } from '../../src/api/alert.ts';
import { AuditCheckDocument, AuditDocument } from '../../src/api/audit.ts';
import { CheckDocument } from '../../src/api/check.ts';
import { DoctorDocument } from '../../src/api/doctor.ts';
import { FreezesDocument } from '../../src/api/freeze.ts';
import { QuarantineDocument } from '../../src/api/quarantine.ts';
import { PlanDocument } from '../../src/api/plan.ts';
import { RequestDocument, RotateBody } from '../../src/api/requests.ts';
import { RotationDocument } from '../../src/api/rotation.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { VerifyDocument } from '../../src/api/verify.ts';
import { createProgram } from '../../src/cli/program.ts';
import { runSandboxCommand } from '../../src/sandbox/command.ts';
import { sectionOf, wordsIn } from './documents.ts';

const page = 'docs/commands.md';
const unstopped = new AbortController().signal;

function program(): Command {
  const io = { out: () => {}, err: () => {}, interactive: false, color: false };
  return createProgram(io, unstopped);
}

function section(name: string): string {
  const text = sectionOf(page, `newleaf ${name}`);
  assert.ok(text !== null, `no section for newleaf ${name}`);
  return text;
}

/** Long names of the options that help shows. */
function optionsOf(command: Command): readonly string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long === undefined ? [] : [long]));
}

test('the global options are documented', () => {
  const text = readFileSync(page, 'utf8');

  const missing = optionsOf(program()).filter((option) => !text.includes(`\`${option}`));

  assert.deepEqual(missing, []);
});

/** The options of the program stand in one place, also where a command takes them too. */
function ownOptionsOf(command: Command): readonly string[] {
  const everywhere = new Set(['--help', ...optionsOf(program())]);
  return optionsOf(command).filter((option) => !everywhere.has(option));
}

for (const command of program().commands) {
  test(`newleaf ${command.name()} is documented with its options and in the table`, () => {
    const text = section(command.name());
    const subcommands = command.commands.map((each) => `${command.name()} ${each.name()}`);
    const options = [command, ...command.commands].flatMap(ownOptionsOf);

    assert.ok(readFileSync(page, 'utf8').includes(`(#newleaf-${command.name()})`));
    assert.deepEqual(
      options.filter((option) => !text.includes(`\`${option}`)),
      [],
    );
    assert.deepEqual(
      subcommands.filter((name) => !text.includes(`newleaf ${name}`)),
      [],
    );
  });
}

test('no section documents a command or an option that is not there', () => {
  const commands = program().commands;
  const sections = readFileSync(page, 'utf8').matchAll(/^## newleaf (\w+)$/gm);
  const named = [...sections].map(([, name = '']) => name);

  assert.deepEqual(named.toSorted(), commands.map((command) => command.name()).toSorted());
  for (const command of commands.filter((each) => each.name() !== 'sandbox')) {
    const rows = section(command.name()).matchAll(/^\| `(--[\w-]+)/gm);
    const known = new Set([command, ...command.commands].flatMap(ownOptionsOf));
    assert.deepEqual(
      [...rows].map(([, option = '']) => option).filter((option) => !known.has(option)),
      [],
      command.name(),
    );
  }
});

test('the options of the sandbox, which reads its own, are documented', async () => {
  const printed: string[] = [];
  const io = { stdout: (text: string) => void printed.push(text), stderr: () => {} };
  await runSandboxCommand(['--help'], io, unstopped);
  const options = new Set(printed.join('').match(/--[\w-]+/g));

  const text = section('sandbox');

  assert.ok(options.size >= 10);
  assert.deepEqual(
    [...options].filter((option) => !text.includes(`\`${option}`)),
    [],
  );
});

/** Every name that a document of this shape may hold. */
function fieldsOf(shape: z.ZodType): readonly string[] {
  const fields = new Set<string>();
  const schema = z.toJSONSchema(shape, { io: 'input' });
  JSON.stringify(schema, (key, value: unknown) => {
    if (key === 'properties' && typeof value === 'object' && value !== null)
      for (const name of Object.keys(value)) fields.add(name);
    return value;
  });
  return [...fields];
}

const documents: Readonly<Record<string, z.ZodType>> = {
  scan: ScanDocument,
  check: CheckDocument,
  plan: PlanDocument,
  verify: VerifyDocument,
  doctor: DoctorDocument,
  show: RotationDocument,
  rotate: RequestDocument,
  freeze: FreezesDocument,
  quarantine: QuarantineDocument,
  alerts: AlertsDocument,
  audit: z.union([AuditDocument, AuditCheckDocument]),
};

for (const [name, shape] of Object.entries(documents)) {
  test(`every field that ${name} --json prints is documented`, () => {
    const told = wordsIn(section(name));

    const missing = fieldsOf(shape).filter((field) => !told.has(field));

    assert.deepEqual(missing, []);
  });
}

test('requests.schema.json is the schema of a manual request', () => {
  const committed: unknown = JSON.parse(readFileSync('docs/requests.schema.json', 'utf8'));

  assert.deepEqual(committed, z.toJSONSchema(RotateBody, { io: 'input' }));
});
