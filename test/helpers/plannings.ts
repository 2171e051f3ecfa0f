import { createHash } from 'node:crypto';
import { emptyAdmission } from '../../src/domain/admission.ts';
import { type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import { emptyOperatorState } from '../../src/domain/operator.ts';
import type { PlanningFacts } from '../../src/domain/planner.ts';
import type { ManualRequest } from '../../src/domain/request.ts';
import { aRenewal, bound } from './candidates.ts';
import { aListener, anInventory, aPolicy, today } from './facts.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Listener `n` on a load balancer of its own, holding `bound`. */
export function listenerNo(
  n: number,
  overrides: Partial<Omit<ListenerState, 'ref'>> = {},
): ListenerState {
  return aListener({
    ...overrides,
    ref: { loadBalancerId: `nlb-${n}`, listenerId: `lsn-${n}@443` },
  });
}

export function keyNo(n: number): string {
  return listenerKey(listenerNo(n).ref);
}

/** Listener 1 with 20 days left, a renewal in the store, mode `auto` at any time: its plan may start now. */
export function planningFacts(overrides: Partial<PlanningFacts> = {}): PlanningFacts {
  return {
    inventory: anInventory({ listeners: [listenerNo(1)], certificates: [bound, aRenewal()] }),
    rules: { policies: [aPolicy()], freezes: [], identities: [], caReplacements: [] },
    admission: emptyAdmission,
    operator: emptyOperatorState,
    skewMs: null,
    now: today,
    sha256,
    additionalLimit: () => 25,
    ...overrides,
  };
}

/** `count` listeners that hold `bound`, and what else the store has. */
export function fleet(count: number, certificates = [bound, aRenewal()]) {
  const listeners = Array.from({ length: count }, (_, index) => listenerNo(index + 1));
  return anInventory({ listeners, certificates });
}

/** An open request for listener 1. */
export function aRequest(overrides: Partial<ManualRequest> = {}): ManualRequest {
  return {
    requestId: 'q1',
    listener: keyNo(1),
    slot: 'default',
    from: null,
    to: null,
    ignoreWindow: false,
    requestedBy: 'kim',
    reason: 'renewed by hand',
    at: today,
    deferrals: 0,
    state: { kind: 'open' },
    ...overrides,
  };
}
