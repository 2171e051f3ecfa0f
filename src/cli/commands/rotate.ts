import type { Command } from 'commander';
import { RequestDocument } from '../../api/requests.ts';
import { RotationDocument } from '../../api/rotation.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { userInfo } from 'node:os';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { printJson } from '../io.ts';
import { renderRotation, timelineLine } from '../render/rotation.ts';

interface RotateOptions {
  readonly slot?: string;
  readonly from?: string;
  readonly to?: string;
  readonly ignoreWindow?: boolean;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** How `--wait` ends, by what came of the rotation. */
const exitCodes = { committed: 0, 'rolled-back': 3, 'needs-operator': 4, refused: 5 } as const;
const waitingExit = 6;

const pollMillis = 500;

export function addRotateCommand(program: Command, context: Context): void {
  program
    .command('rotate')
    .description('ask the daemon to rotate one listener now, as far as its policy allows')
    .argument('<listener>', 'listener id, or account/region/product/load balancer/listener')
    .option('--slot <slot>', 'default, additional or ca')
    .option('--from <certificate>', 'refuse unless this certificate is still bound')
    .option('--to <certificate>', 'the only certificate to consider')
    .option('--ignore-window', 'start outside the windows, where the policy allows it')
    .option('--reason <text>', 'why, for the audit', 'asked for on the command line')
    .option(
      '--wait',
      'wait for the outcome: 0 committed, 3 rolled back, 4 needs an operator, 5 refused, 6 waiting',
    )
    .option('--json', 'print one JSON document')
    .action(async (listener: string, options: RotateOptions) => {
      const asked = await context
        .daemon()
        .post('/rotate', bodyOf(listener, options), RequestDocument);
      if (options.wait === true) return follow(context, asked, options.json === true);
      report(context, asked, options.json === true);
      if (asked.state === 'refused') exitWith(exitCodes.refused);
    });
}

function bodyOf(listener: string, options: RotateOptions): Readonly<Record<string, unknown>> {
  const { slot, from, to, ignoreWindow, reason } = options;
  return { listener, slot, from, to, ignoreWindow, reason, requestedBy: userInfo().username };
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
