import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from './redis.ts';

const program = 'prometheus-alertmanager';

/** Whether this machine has an Alertmanager. */
export const hasAlertmanager = runs();

/** An alert as Alertmanager holds it while it is not over. */
export interface HeldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface Alertmanager extends AsyncDisposable {
  readonly url: string;
  held(): Promise<readonly HeldAlert[]>;
}

/** An Alertmanager of our own that tells a webhook what it has, grouped by the name of the alert. */
export async function startAlertmanager(webhook: string): Promise<Alertmanager> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-alertmanager-'));
  const file = join(dir, 'alertmanager.yml');
  await writeFile(file, stringify(configuration(webhook)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/alerts`;
  const args = [
    `--config.file=${file}`,
    `--storage.path=${dir}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${url}`,
    '--cluster.listen-address=',
  ];
  const child = spawn(program, args, { stdio: 'ignore' });
  await untilReady(url);
  return {
    url,
    held: async () => JSON.parse(await (await fetch(`${url}/api/v2/alerts`)).text()),
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.kill()) await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function configuration(webhook: string): Record<string, unknown> {
  return {
    route: {
      receiver: 'here',
      group_by: ['alertname'],
      group_wait: '200ms',
      group_interval: '200ms',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'here', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  };
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const reply = await fetch(`${url}/-/ready`).catch(() => null);
    if (reply?.ok === true) return;
    await pause(25);
  }
  throw new Error(`${program} did not start`);
}

function runs(): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
