import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { NewleafError } from '../../src/domain/errors.ts';

/** A folder of its own for one test, with these files in it. */
export function folderWith(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'newleaf-config-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

type Env = Readonly<Record<string, string>>;

export function load(context: TestContext, yaml: string, env: Env = {}): Config {
  return loadConfig(join(folderWith(context, { 'newleaf.yaml': yaml }), 'newleaf.yaml'), env);
}

/** The lines an operator reads for a file that is wrong, without the file's name in front. */
export function problems(context: TestContext, yaml: string, env: Env = {}): readonly string[] {
  const path = join(folderWith(context, { 'newleaf.yaml': yaml }), 'newleaf.yaml');
  try {
    loadConfig(path, env);
  } catch (error) {
    assert.ok(error instanceof NewleafError);
    assert.equal(error.code, 'config.invalid');
    const lines = error.message.split('\n');
    assert.deepEqual(error.fields, { file: path, problems: lines.length });
    return lines.map((line) => {
      assert.ok(line.startsWith(`${path}:`), line);
      return line.slice(path.length + 1);
    });
  }
  assert.fail('the file was accepted');
}
