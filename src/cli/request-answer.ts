import { setTimeout as sleep } from 'node:timers/promises';
import { RequestDocument } from '../api/requests.ts';
import { RotationDocument } from '../api/rotation.ts';
import type { Context } from './context.ts';
import { exitWith } from './exit.ts';
import { printJson } from './io.ts';
import { renderRotation, timelineLine } from './render/rotation.ts';

/** How `--wait` ends, by what came of the rotation. */
const exitCodes = { committed: 0, 'rolled-back': 3, 'needs-operator': 4, refused: 5 } as const;
const waitingExit = 6;

const pollMillis = 500;

export const waitHelp =
  'wait for the outcome: 0 committed, 3 rolled back, 4 needs an operator, 5 refused, 6 waiting';

/** Tells what became of a request, at once or, with `wait`, once its rotation is over, and ends with the exit code that says so. */
export async function answerWith(
  context: Context,
  asked: RequestDocument,
  options: { readonly wait?: boolean; readonly json?: boolean },
): Promise<void> {
  if (options.wait === true) return follow(context, asked, options.json === true);
  report(context, asked, options.json === true);
  if (asked.state === 'refused') exitWith(exitCodes.refused);
}

/** Follows a request until its rotation is over, printing each event as it happens. */
async function follow(context: Context, asked: RequestDocument, json: boolean): Promise<void> {
  const request = await whileStarting(context, asked);
  if (request.state === 'rotation') return watch(context, request.rotationId, json);
  report(context, request, json);
  exitWith(request.state === 'refused' ? exitCodes.refused : waitingExit);
}

async function whileStarting(context: Context, asked: RequestDocument): Promise<RequestDocument> {
  let request = asked;
  while (request.state === 'waiting' && request.reason === null) {
    await sleep(pollMillis, undefined, { signal: context.signal });
    const path = `/requests/${encodeURIComponent(request.requestId)}`;
    request = await context.daemon().get(path, RequestDocument);
  }
  return request;
}

async function watch(context: Context, rotationId: string, json: boolean): Promise<void> {
  const daemon = context.daemon();
  const path = `/rotations/${encodeURIComponent(rotationId)}`;
  let printed = 0;
  for (;;) {
    const rotation = await daemon.get(path, RotationDocument);
    for (const entry of rotation.journal.slice(printed)) context.io.err(`${timelineLine(entry)}\n`);
    printed = rotation.journal.length;
    if (rotation.phase === 'closed') return finish(context, rotation, json);
    await sleep(pollMillis, undefined, { signal: context.signal });
  }
}

function finish(context: Context, rotation: RotationDocument, json: boolean): void {
  if (json) printJson(context.io, rotation);
  else context.io.out(renderRotation(context.io, { ...rotation, journal: [] }));
  exitWith(rotation.outcome === null ? waitingExit : exitCodes[rotation.outcome]);
}

function report({ io }: Context, request: RequestDocument, json: boolean): void {
  if (json) return printJson(io, request);
  switch (request.state) {
    case 'waiting':
      return io.out(
        `request ${request.requestId} waits: ${request.reason ?? 'it is about to start'}\n`,
      );
    case 'rotation':
      return io.out(
        `rotation ${request.rotationId} is under way: newleaf show ${request.rotationId}\n`,
      );
    case 'refused':
      return io.out(`refused: ${request.reason}\n`);
  }
}
