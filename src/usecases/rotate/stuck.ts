import type { Millis } from '../../domain/certificate.ts';
import { codeOf, mayPass, type ErrorCode } from '../../domain/errors.ts';
import { replay } from '../../domain/evolve.ts';
import type { Rotation } from '../../domain/rotation-state.ts';
import { tellStuck } from './close.ts';
import type { RotateDeps } from './deps.ts';

/** What may pass by itself is nobody's business for so long. */
const patience: Millis = 5 * 60_000;

/**
 * A rotation that has written and can neither prove nor undo it leaves a listener in an unknown state, however often it is tried
 * again: a person is told what stops it. Trying goes on, and its outcome replaces what was told.
 */
export async function tellIfStuck(
  deps: RotateDeps,
  rotationId: string,
  error: unknown,
): Promise<void> {
  const code = codeOf(error);
  if (isOurs(code)) return;
  const found = await deps.journal.read(rotationId);
  if (found === null) return;
  const rotation = replay(found.record, found.entries);
  if (!isInDanger(rotation)) return;
  const since = found.entries.at(-1)?.at ?? found.record.admittedAt;
  const isNew = deps.clock.now().getTime() - since.getTime() < patience;
  if (mayPass(code) && isNew) return;
  await tellStuck(deps, rotation, code);
}

/** Another executor at work, or a store that is away and could not take the news either. */
function isOurs(code: ErrorCode): boolean {
  return code === 'lease.lost' || code.startsWith('store.');
}

/** Something of ours may have reached the listener and no outcome says so yet. */
function isInDanger({ ending, stage, touched }: Rotation): boolean {
  const isSent = stage.kind === 'write' && stage.call === 'intended';
  return ending === null && (touched || isSent);
}
