import type { RotationDocument } from '../../api/rotation.ts';
import type { Role } from './cast.ts';
import type { Look } from './look.ts';
import type { Alert } from './receiver.ts';
import type { SandboxCall } from './sandbox-shapes.ts';

/** What counts of a rotation when it is judged. */
export type Rotated = Pick<
  RotationDocument,
  'rotationId' | 'listenerId' | 'to' | 'outcome' | 'phase' | 'mismatches'
>;

/** Everything the demo has learnt so far. It only grows. */
export interface Story {
  /** Before the daemon was started. */
  readonly before: Look;
  readonly alerts: readonly Alert[];
  /** Requests at the receiver that were no alerts, or not signed. */
  readonly refused: readonly string[];
  /** Oldest first. */
  readonly rotations: readonly Rotated[];
  /** When everything had come to rest; null before that. */
  readonly after: (Look & { readonly calls: readonly SandboxCall[] }) | null;
}

/** The listener's first rotation; null while there is none. A second one is judged as a thing that must not be. */
export function rotationOf(
  { rotations }: Pick<Story, 'rotations'>,
  { listenerId }: Role,
): Rotated | null {
  return rotations.find((each) => each.listenerId === listenerId) ?? null;
}

/** The alerts that concern the listener, in order of arrival. */
export function alertsOf({ alerts }: Story, { listenerId }: Role): readonly Alert[] {
  return alerts.filter(({ data }) => data.bindings.some((each) => each.listenerId === listenerId));
}
