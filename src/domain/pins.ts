import type { CertificateId } from './certificate.ts';
import { type ListenerState, listenerKey, type Slot } from './listener.ts';

/** The only certificate that a slot of a listener may take; several pins of one slot are as many that it may take. */
export interface Pin {
  /** A listener id, or a full listener key. */
  readonly listener: string;
  readonly slot: Slot;
  readonly certificate: CertificateId;
}

/**
 * What may take the place of this certificate on this listener, as far as pins say: it comes into every slot that holds the old one, so
 * each of them must allow it. Null: no pin says anything.
 */
export function pinnedFor(
  pins: readonly Pin[],
  state: ListenerState,
  replaced: CertificateId,
): readonly CertificateId[] | null {
  const key = listenerKey(state.ref);
  const here = pins.filter(({ listener }) => listener === state.ref.listenerId || listener === key);
  if (here.length === 0) return null;
  const slots = new Set(state.bound.filter(({ id }) => id === replaced).map(({ slot }) => slot));
  const lists = [...slots].flatMap((slot) => {
    const ids = here.filter((pin) => pin.slot === slot).map(({ certificate }) => certificate);
    return ids.length === 0 ? [] : [ids];
  });
  const [first, ...others] = lists;
  if (first === undefined) return null;
  return first.filter((id) => others.every((ids) => ids.includes(id)));
}
