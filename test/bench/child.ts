import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { figure, type Millis } from './measure.ts';

/** Bytes; NaN where the system does not tell. */
export interface Resident {
  readonly resident: number;
  /** The most it has been. */
  readonly most: number;
}

export async function memoryOf({ pid }: Pick<ChildProcess, 'pid'>): Promise<Resident> {
  if (process.platform !== 'linux') return { resident: Number.NaN, most: Number.NaN };
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { resident: bytes('VmRSS'), most: bytes('VmHWM') };
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

export function seconds(millis: Millis): string {
  return `${figure(millis / 1000)} s`;
}

export function mebibytes(bytes: number): string {
  return Number.isNaN(bytes) ? 'not told' : `${figure(bytes / 2 ** 20)} MiB`;
}
