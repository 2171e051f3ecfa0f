import { type AuditNote, auditNote } from './domain/audit.ts';
import { codeOf } from './domain/errors.ts';
import type { Parts } from './parts.ts';
import { version } from './version.ts';

/** What came of reading the configuration again: the sections that differ now, or that the file cannot be used. */
export type Reloaded =
  | { readonly kind: 'taken'; readonly changed: readonly string[] }
  | { readonly kind: 'kept' };

/** What the audit is told of the process itself. Nothing waits for it, and a store that is away keeps nobody from starting. */
export interface Diary {
  readonly started: () => void;
  readonly reloaded: (reloaded: Reloaded) => void;
}

export function diaryOf({ infra, log }: Pick<Parts, 'infra' | 'log'>): Diary {
  const tell = (told: Pick<AuditNote, 'action' | 'facts'>): void => {
    const [at, source] = [infra.clock.now(), `process/${infra.entropy.id()}`];
    infra.audit
      .append([auditNote({ at, actor: 'newleaf', source, ...told })])
      .catch((error: unknown) => {
        log.warn({ action: told.action, code: codeOf(error) }, 'not written into the audit');
      });
  };
  return {
    started: () =>
      tell({
        action: 'daemon.started',
        facts: { version, pid: process.pid, store: infra.queue.kind },
      }),
    reloaded: (reloaded) =>
      reloaded.kind === 'taken'
        ? tell({ action: 'config.reloaded', facts: { changed: reloaded.changed.join(', ') } })
        : tell({ action: 'config.refused', facts: {} }),
  };
}
