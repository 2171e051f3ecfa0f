import { execFileSync, spawnSync } from 'node:child_process';

const program = 'promtool';

/** Whether this machine has Prometheus' own checker. */
export const hasPromtool = runs();

/** Runs it to its end, the text on its standard input. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, said: `${stdout}${stderr}` };
}

function runs(): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
