import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { main, root } from '../helpers/main.ts';
import { z } from 'zod';

const Report = z.object({
  ok: z.boolean(),
  seconds: z.number(),
  statusPage: z.url(),
  listeners: z.array(z.object({ listenerId: z.string(), outcome: z.string().nullable() })),
  expectations: z.array(z.object({ name: z.string(), held: z.boolean() })),
});

test('the demo ends with 0 within a minute, tells what it saw, and leaves nothing behind', async () => {
  const demo = await startDemo('--exit');
  const code = await demo.ended;
  const out = demo.output();

  assert.equal(code, 0, out + demo.errors());
  assert.match(out, /All 17 expectations held/);
  const text = out.replaceAll(/\s+/g, ' ');
  for (const left of ['29 days left', '6 days left', '20 hours left', 'expired 3 hours ago'])
    assert.ok(text.includes(left), left);
  assert.match(text, /openssl s_client -connect 127\.[\d.]+:10443 -servername pay\.example\.com/);
  assert.match(text, /only the leaf was sent/);
  assert.match(text, /No replacement for certificate legacy\.example\.com/);
  assert.deepEqual(
    out.split('\n').filter((line) => line.length > 100),
    [],
  );
  const told = [...out.matchAll(/^ *(\d+\.\d) s/gm)].map(([, seconds]) => Number(seconds));
  assert.ok(Math.max(...told) < 60);
  await assertNothingLeft(demo, /(http:\/\/127\.0\.0\.1:\d+)\/$/m.exec(out)?.[1]);
});

test('a zone that keeps the old leaf spoils the demo: it ends with 1 and names what failed', async () => {
  const fault = { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId: 'lsn-demoshop00001@8443' };
  const demo = await startDemo('--exit', '--json', '--fault', JSON.stringify(fault));
  const code = await demo.ended;

  assert.equal(code, 1, demo.output() + demo.errors());
  const report = Report.parse(JSON.parse(demo.output()));
  assert.equal(report.ok, false);
  const failed = report.expectations.filter(({ held }) => !held).map(({ name }) => name);
  // A machine that is too slow may add some that were not decided in time.
  assert.ok(failed.includes('shop: rotated, proven by handshakes'), failed.join('\n'));
  assert.ok(failed.includes('shop: every zone serves the new leaf'), failed.join('\n'));
  assert.ok(!failed.includes('pay: every zone serves the new leaf'), failed.join('\n'));
  const shop = report.listeners.find(({ listenerId }) => listenerId === fault.listenerId);
  assert.notEqual(shop?.outcome, 'committed');
  await assertNothingLeft(demo, report.statusPage);
});

test('a demo that is interrupted stops its processes and removes its folder', async () => {
  const demo = await startDemo();
  const page = await demo.said(/status page is at (\S+)/);

  demo.child.kill('SIGINT');
  demo.child.kill('SIGINT');
  const code = await demo.ended;

  assert.equal(code, 130, demo.errors());
  await assertNothingLeft(demo, page);
});

test('a demo whose standard output goes away takes everything with it', async () => {
  const demo = await startDemo();
  const page = await demo.said(/status page is at (\S+)/);

  demo.child.stdout?.destroy();
  await demo.ended;

  await assertNothingLeft(demo, page);
});

interface Demo {
  readonly child: ChildProcess;
  readonly temp: string;
  readonly ended: Promise<number | null>;
  output(): string;
  errors(): string;
  /** Resolves to the first group of the pattern as soon as the output has it. */
  said(pattern: RegExp): Promise<string>;
}

async function startDemo(...args: readonly string[]): Promise<Demo> {
  const temp = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const child = spawn(process.execPath, [main, 'demo', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: temp, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(() => child.exitCode);
  after(async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(temp, { recursive: true, force: true });
  });
  let out = '';
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    child.emit('said');
  });
  return {
    child,
    temp,
    ended,
    output: () => out,
    errors: () => err,
    said: async (pattern) => {
      for (;;) {
        const found = pattern.exec(out)?.[1];
        if (found !== undefined) return found;
        await Promise.race([once(child, 'said'), ended.then(() => assert.fail(`${out}${err}`))]);
      }
    },
  };
}

/** Its folder is gone, and nobody listens where the daemon did. */
async function assertNothingLeft({ temp }: Demo, page: string | undefined): Promise<void> {
  const folders = (await readdir(temp)).filter((name) => name.startsWith('newleaf'));
  assert.deepEqual(folders, []);
  await assert.rejects(fetch(page ?? assert.fail('no status page was told')));
}
