import type { Command } from 'commander';
import { verifyDocument } from '../../api/verify.ts';
import { machine, openWatch } from '../../compose.ts';
import { verify, type VerifyEvent } from '../../usecases/verify.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { printJson } from '../io.ts';
import { openLine } from '../progress-line.ts';
import { quietLog } from '../quiet-log.ts';
import { renderVerify } from '../render/verify.ts';
import { withRegions } from './scan.ts';

interface VerifyOptions {
  readonly region?: readonly string[];
  readonly json?: boolean;
}

/** Looks at one listener from here, without a daemon; changes nothing. */
export function addVerifyCommand(program: Command, context: Context): void {
  program
    .command('verify')
    .description('whether every endpoint of a listener serves what is bound; 1 when not')
    .argument('<listener>', 'listener id, or account/region/product/load balancer/listener')
    .option('--region <region...>', 'look for it in these regions only')
    .option('--json', 'print one JSON document')
    .action(async (listener: string, { region, json }: VerifyOptions) => {
      const { io } = context;
      const config = withRegions(context.config(), region);
      const line = openLine(io);
      try {
        const deps = { ...openWatch(config, quietLog), ...machine };
        const request = { listener, tell: (event: VerifyEvent) => line.show(sentence(event)) };
        const document = verifyDocument(
          await verify(deps, request, context.signal),
          config.cloud.dial,
        );
        line.end();
        if (json === true) printJson(io, document);
        else io.out(renderVerify(io, document));
        if (!document.asBound) exitWith(1);
      } finally {
        line.end();
      }
    });
}

function sentence(event: VerifyEvent): string {
  switch (event.kind) {
    case 'reading':
      return `reading ${event.region} of ${event.account}`;
    case 'looking':
      return `${event.done} handshakes made`;
  }
}
