import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { folderWith } from './world.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | false;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly not?: unknown;
}

/** Every setting by its path: lists as `[]`, names that the operator chooses as `NAME`. */
function settings(node: Node, path: string): readonly string[] {
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [], not } = node;
  const below = [
    ...Object.entries(properties).flatMap(([key, child]) =>
      settings(child, path === '' ? key : `${path}.${key}`),
    ),
    ...(items === undefined ? [] : settings(items, `${path}[]`)),
    ...[...anyOf, ...oneOf].flatMap((child) => settings(child, path)),
    ...(path === 'sinks' && additionalProperties
      ? settings(additionalProperties, `${path}.NAME`)
      : []),
  ];
  if (not !== undefined) return [];
  return below.length > 0 ? [...new Set(below)] : [path.replace(/\[\]$/, '')];
}

test('docs/configuration.md describes every setting', () => {
  const page = readFileSync('docs/configuration.md', 'utf8');

  const missing = settings(configJsonSchema(), '')
    // A policy may set what the defaults set: the page says so once.
    .map((path) => path.replace(/^policies\[\]\.(?!name$|match\.)/, 'defaults.'))
    .map((path) => path.replace(/^(defaults\.canary\.match)\..*/, '$1'))
    .filter((path) => !page.includes(`\`${path}\``));

  assert.deepEqual([...new Set(missing)], []);
});

test('docs/configuration.md describes no setting that does not exist', () => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  const known = settings(configJsonSchema(), '');

  const described = [...page.matchAll(/^\| `([a-z][^`]*)` \|/gm)]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes(' '));
  const unknown = described.filter((path) => !known.some((setting) => setting.startsWith(path)));
  assert.deepEqual(unknown, []);
  assert.ok(described.length > 80);
});

test('what a sandbox prints becomes a configuration that loads', (context) => {
  const ready = {
    endpoints: {
      nlb: { 'cn-hangzhou': '127.0.0.1:18080' },
      cas: { 'cn-hangzhou': '127.0.0.1:18081' },
    },
    dial: { '127.0.0.2:8443': '127.0.0.1:20443' },
    control: 'http://127.0.0.1:18090',
    accessKeyId: 'id',
    accessKeySecret: 'secret',
    rootCaFile: '/sandbox/root-ca.pem',
  };
  const folder = folderWith(context, { 'ready.json': JSON.stringify(ready), 'n.yaml': '' });

  const args = [
    'config/from-sandbox.mjs',
    join(folder, 'ready.json'),
    'config/compose-sandbox.yaml',
  ];
  const yaml = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const made = folderWith(context, { 'made.yaml': yaml });
  const config = loadConfig(join(made, 'made.yaml'), {});

  assert.deepEqual(config.accounts[0]?.regions, ['cn-hangzhou']);
  assert.equal(config.accounts[0]?.credentials?.accessKeySecret?.reveal(), 'secret');
  assert.deepEqual(config.cloud.endpoints, ready.endpoints);
  assert.deepEqual(config.cloud.dial, ready.dial);
  assert.deepEqual(config.probe.roots, ['/sandbox/root-ca.pem']);
  assert.equal(config.schedule.tick, 5000);
});
