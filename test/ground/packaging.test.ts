import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { readJson, sourcesIn } from './sources.ts';

const RamPolicy = z.object({
  Version: z.literal('1'),
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: z.array(z.string()),
      Resource: z.literal('*'),
    }),
  ),
});

function ramActions(file: string): readonly string[] {
  return readJson(file, RamPolicy)
    .Statement.flatMap(({ Action }) => Action)
    .toSorted();
}

/** What a sink of CloudMonitor writes; none of it is about listeners or certificates. */
const reports = ['cms:PutCustomEvent', 'cms:PutCustomMetric'];

const reads = [
  'nlb:DescribeRegions',
  'nlb:GetListenerAttribute',
  'nlb:GetLoadBalancerAttribute',
  'nlb:ListListenerCertificates',
  'nlb:ListListeners',
  'nlb:ListLoadBalancers',
  'nlb:ListSecurityPolicy',
  'yundun-cert:DescribeCACertificateList',
  'yundun-cert:ListCert',
  'yundun-cert:ListUserCertificateOrder',
];

test('the policy for observing holds reads and reports only, and none that can answer with a private key', () => {
  assert.deepEqual(ramActions('docs/ram/observe.json'), [...reports, ...reads]);
});

test('the policy for rotating adds what a rotation needs and nothing else', () => {
  const added = [
    'nlb:AssociateAdditionalCertificatesWithListener',
    'nlb:DisassociateAdditionalCertificatesWithListener',
    'nlb:GetJobStatus',
    'nlb:ListAsynJobs',
    'nlb:UpdateListenerAttribute',
    'yundun-cert:GetUserCertificateDetail',
  ];

  assert.deepEqual(ramActions('docs/ram/rotate.json'), [...reads, ...reports, ...added].toSorted());
});

test('the program calls exactly the actions that the policy for rotating allows', () => {
  const called = sourcesIn('src/adapters/alibaba').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\baction: '([A-Z]\w+)'/g)].map(
      ([, action = '']) => action,
    ),
  );

  // Anyone may ask who they are.
  const wanted = [...new Set(called)].filter((action) => action !== 'GetCallerIdentity').toSorted();
  const granted = ramActions('docs/ram/rotate.json').map((action) => action.replace(/^.*:/, ''));
  assert.deepEqual(wanted, granted.toSorted());
});

const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  volumes: z.array(
    z.union([
      z.string(),
      z.object({ source: z.string(), target: z.string(), read_only: z.boolean() }),
    ]),
  ),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  stop_grace_period: z.string().optional(),
});

const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

const compose = Compose.parse(parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }));

test("compose's Redis keeps what it has acknowledged, and refuses rather than forgets", () => {
  const redis = compose.services['redis'];

  assert.match(redis?.image ?? '', /^redis:7/);
  const command = redis?.command?.join(' ') ?? '';
  for (const setting of [
    '--appendonly yes',
    '--appendfsync always',
    '--maxmemory-policy noeviction',
  ]) {
    assert.ok(command.includes(setting), setting);
  }
  assert.deepEqual(redis?.volumes, ['redis:/data']);
  assert.deepEqual(redis?.healthcheck?.test, ['CMD', 'redis-cli', 'ping']);
});

test("compose's newleaf waits for Redis and has time to hand over", () => {
  const newleaf = compose.services['newleaf'];

  assert.equal(newleaf?.depends_on?.['redis']?.condition, 'service_healthy');
  assert.equal(newleaf?.stop_grace_period, '35s');
});

test("compose's newleaf cannot write to its configuration", () => {
  const mounts = compose.services['newleaf']?.volumes.filter(
    (volume) => typeof volume !== 'string',
  );

  assert.deepEqual(mounts, [
    {
      source: '${NEWLEAF_FILE:-./config/compose.yaml}',
      target: '/etc/newleaf/newleaf.yaml',
      read_only: true,
    },
  ]);
});

test('compose publishes ports on loopback only', () => {
  const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);

  assert.deepEqual(ports, ['127.0.0.1:9877:9877', '127.0.0.1:9878:9878']);
});

test('the sandbox runs only when its profile is asked for', () => {
  const profiled = Object.entries(compose.services).filter(([, { profiles }]) =>
    profiles?.includes('sandbox'),
  );

  assert.deepEqual(
    profiled.map(([name]) => name),
    ['sandbox', 'newleaf-on-sandbox'],
  );
});

test('every volume that a service names is declared', () => {
  const named = Object.values(compose.services)
    .flatMap(({ volumes }) => volumes)
    .flatMap((volume) => (typeof volume === 'string' ? [volume.split(':')[0] ?? ''] : []));

  for (const name of named) assert.ok(name in compose.volumes, name);
});

test('the configurations that compose uses load, and listen where their port is published', () => {
  for (const [file, port] of [
    ['config/compose.yaml', 9877],
    ['config/compose-sandbox.yaml', 9878],
  ] as const) {
    const config = loadConfig(file, {});
    assert.deepEqual(config.http.listen, { host: '0.0.0.0', port });
    assert.equal(config.store.url?.reveal(), 'redis://redis:6379');
  }
});

test('the image runs as nobody special, stops by SIGTERM and copies only what the context lets in', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n');
  const context = readFileSync('.dockerignore', 'utf8');

  assert.ok(lines.includes('USER node'));
  assert.ok(lines.includes('STOPSIGNAL SIGTERM'));
  assert.ok(lines.some((line) => line.includes('/healthz')));
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(1, -1));
  for (const path of copied)
    assert.match(context, new RegExp(`^!${path.replaceAll('.', '\\.')}$`, 'm'), path);
});

test('the systemd unit starts what package.json calls newleaf, and leaves time to hand over', () => {
  const unit = readFileSync('docs/newleaf.service', 'utf8');
  const { bin } = readJson('package.json', z.object({ bin: z.record(z.string(), z.string()) }));

  assert.ok(unit.includes(`ExecStart=/usr/bin/node /opt/newleaf/${bin['newleaf']} run --config`));
  for (const line of [
    'Restart=always',
    'TimeoutStopSec=35',
    'DynamicUser=yes',
    'StateDirectory=newleaf',
  ]) {
    assert.match(unit, new RegExp(`^${line}$`, 'm'));
  }
});

test('the pages in docs lead only to files and headings that exist', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));

  for (const page of pages) {
    const text = readFileSync(`docs/${page}`, 'utf8');
    for (const [, path = '', heading = ''] of text.matchAll(
      /\]\((?!https?:)([^)#]*)#?([^)]*)\)/g,
    )) {
      const target =
        path === '' ? `docs/${page}` : new URL(path, 'file:///docs/').pathname.slice(1);
      const content = readFileSync(target, 'utf8');
      const headings = [...content.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => slug(title));
      assert.ok(
        heading === '' || headings.includes(heading),
        `${basename(page)}: ${path}#${heading}`,
      );
    }
  }
});

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
