import { type AuditNote, auditNote } from '../../domain/audit.ts';
import type { ManualRequest, RotateRequest } from '../../domain/request.ts';

/** How a request was answered. `joined`: another open request asks for the same. */
type Answered =
  | { readonly kind: 'accepted'; readonly requestId: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** A request that was kept, in the words in which it came. */
export function noted({ from, to, ...request }: ManualRequest) {
  return { ...request, from: from ?? undefined, to: to ?? undefined };
}

/** The row that tells who asked for a rotation, and what the answer was. Repeats of one request leave one row. */
export function noteOnRequest(
  wanted: Omit<RotateRequest, 'requestId'> & { readonly requestId: string },
  answered: Answered,
  at: Date,
): AuditNote {
  const { requestId, requestedBy, listener, slot, from, to, ignoreWindow, reason, undoes } = wanted;
  const joined = answered.kind === 'accepted' && answered.requestId !== requestId;
  return auditNote({
    at,
    actor: requestedBy,
    action: `request.${answered.kind}`,
    listener,
    facts: {
      requestId,
      slot: slot ?? 'default',
      from: from ?? null,
      to: to ?? null,
      ignoreWindow: ignoreWindow ?? false,
      reason,
      ...(undoes === undefined ? {} : { undoes }),
      ...(joined ? { joined: answered.requestId } : {}),
      ...(answered.kind === 'refused' ? { why: answered.reason } : {}),
    },
    source: `request/${requestId}/${answered.kind}`,
  });
}
