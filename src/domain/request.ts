import type { CertificateId } from './certificate.ts';
import type { Slot } from './listener.ts';
import type { Trigger } from './rotation.ts';

/** What somebody asked for by hand: rotate this listener now, as far as its policy allows. */
export interface RotateRequest {
  /** A listener id, or a full listener key. */
  readonly listener: string;
  readonly slot?: Slot | undefined;
  /** The certificate that must still be bound, else the request is refused. */
  readonly from?: CertificateId | undefined;
  /** The only certificate to consider. It still has to pass every check. */
  readonly to?: CertificateId | undefined;
  readonly ignoreWindow?: boolean | undefined;
  readonly requestedBy: string;
  readonly reason: string;
  /** Chosen by the requester to make repeats harmless; made for it when left out. */
  readonly requestId?: string | undefined;
  /** The committed rotation that is to be taken back; `from` and `to` are its certificates the other way round. */
  readonly undoes?: string | undefined;
}

/** Where a request stands. `admitted` has a rotation under way, `finished` one that came to an outcome. */
export type RequestState =
  | { readonly kind: 'open' }
  | { readonly kind: 'admitted'; readonly rotationId: string; readonly at: Date }
  | { readonly kind: 'finished'; readonly rotationId: string; readonly at: Date }
  | { readonly kind: 'refused'; readonly reason: string; readonly at: Date };

/** A request that was accepted. It outlives restarts and ends as a rotation or as a refusal, never in silence. */
export interface ManualRequest {
  readonly requestId: string;
  /** Full listener key. */
  readonly listener: string;
  readonly slot: Slot;
  readonly from: CertificateId | null;
  readonly to: CertificateId | null;
  readonly ignoreWindow: boolean;
  readonly undoes?: string | undefined;
  readonly requestedBy: string;
  readonly reason: string;
  readonly at: Date;
  /** Rotations that were started for it and deferred before they touched anything. */
  readonly deferrals: number;
  readonly state: RequestState;
}

/** An open request that asks for the same: a second one joins it. */
export function openTwin(
  requests: readonly ManualRequest[],
  wanted: Pick<ManualRequest, 'listener' | 'slot' | 'to'>,
): ManualRequest | null {
  const twin = requests.find(
    ({ listener, slot, to, state }) =>
      state.kind === 'open' &&
      listener === wanted.listener &&
      slot === wanted.slot &&
      to === wanted.to,
  );
  return twin ?? null;
}

/** The CA certificates that open requests name. */
export function authoritiesAskedFor(requests: readonly ManualRequest[]): readonly CertificateId[] {
  return requests.flatMap(({ state, slot, to }) =>
    state.kind === 'open' && slot === 'ca' && to !== null ? [to] : [],
  );
}

/** The request whose turn it is on a listener: the oldest open one. */
export function openRequestFor(
  requests: readonly ManualRequest[],
  listener: string,
): ManualRequest | null {
  const open = requests.filter(
    (request) => request.state.kind === 'open' && request.listener === listener,
  );
  const [oldest] = open.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || (a.requestId < b.requestId ? -1 : 1),
  );
  return oldest ?? null;
}

export function triggerOf(request: ManualRequest): Trigger {
  const { requestId, requestedBy, reason, ignoreWindow, undoes } = request;
  const back = undoes === undefined ? {} : { undoes };
  return { kind: 'manual', requestId, requestedBy, reason, ignoreWindow, ...back };
}
