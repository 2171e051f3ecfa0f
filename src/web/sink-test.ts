import type { SinkTestBody } from '../api/requests.ts';
import type { SinkTestDocument } from '../api/sink-test.ts';
import { auditNote } from '../domain/audit.ts';
import type { AuditTrail } from '../ports/audit.ts';
import { type SinkTestDeps, testSink } from '../usecases/test-sink.ts';
import type { Answer, Caller } from './desk.ts';

/** The part of the HTTP API that tries sinks. */
export interface SinkTestDesk {
  testSink(
    caller: Caller,
    body: SinkTestBody,
    signal: AbortSignal,
  ): Promise<Answer<SinkTestDocument>>;
}

export function openSinkTestDesk(
  deps: SinkTestDeps,
  audit: Pick<AuditTrail, 'append'>,
): SinkTestDesk {
  return {
    testSink: async ({ name: by }, { sink: name, severity = 'info', end = false }, signal) => {
      const at = deps.clock.now();
      const tested = await testSink(deps, { sink: name, by, severity, end }, signal);
      if (tested.kind === 'unknown') return unknown(name, tested.known);
      const { sink, result } = tested;
      const facts = { sink: name, result: result.kind };
      const source = `sink-test/${name}/${at.toISOString()}`;
      await audit.append([auditNote({ at, actor: by, action: 'sink.tested', facts, source })]);
      const accepted = result.kind === 'accepted';
      return {
        kind: 'done',
        document: {
          sink: name,
          kind: sink.kind,
          result: result.kind,
          reason: accepted ? null : result.reason,
          open: accepted && !end && sink.style === 'state',
        },
      };
    },
  };
}

function unknown(name: string, known: readonly string[]): Answer<never> {
  const message = `no sink is called ${name} (configured: ${known.join(', ')})`;
  return { kind: 'refused', error: { code: 'not-found', message } };
}
