import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SandboxDescription } from '../../src/sandbox/start.ts';

export interface SandboxProcess extends AsyncDisposable {
  readonly description: SandboxDescription;
}

/** A sandbox as a process of its own, so that it takes its time on another core than its client. */
export async function openSandboxProcess(...options: readonly string[]): Promise<SandboxProcess> {
  const main = fileURLToPath(new URL('../../dist/src/sandbox/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, '--json', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const reader = createInterface({ input: child.stdout });
  const ready = once(reader, 'line');
  const ended = once(child, 'exit').then(() => null);
  const line = await Promise.race([ready, ended]);
  if (line === null) throw new Error('the sandbox ended before it was ready');
  const description: SandboxDescription = JSON.parse(String(line[0]));
  return {
    description,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
