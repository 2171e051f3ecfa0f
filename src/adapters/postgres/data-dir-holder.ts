import { createConnection } from 'node:net';
import { z } from 'zod';

/** Who has a folder, or wants it (`holds` false). Null where the process is there but does not say. */
export interface Holder {
  readonly pid: number | null;
  readonly host: string | null;
  readonly since: string | null;
  readonly holds: boolean;
}

const Told = z.object({ pid: z.int(), host: z.string(), since: z.string(), holds: z.boolean() });

/** A process that is stopped or swamped still holds the folder. */
const silent: Holder = { pid: null, host: null, since: null, holds: true };

const patience = 1000;

/** Asks the process behind a lock's socket. Null when there is none any more. */
export function askHolder(path: string): Promise<Holder | null> {
  return new Promise((answer) => {
    const socket = createConnection(path);
    let told = '';
    socket.setEncoding('utf8');
    socket.setTimeout(patience, () => socket.destroy());
    socket.on('data', (chunk: string) => {
      told += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isGone = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      answer(isGone ? null : silent);
    });
    socket.on('close', () => answer(read(told)));
  });
}

function read(told: string): Holder {
  try {
    return Told.parse(JSON.parse(told));
  } catch {
    return silent;
  }
}
