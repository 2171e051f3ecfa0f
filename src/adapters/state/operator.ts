import { z } from 'zod';
import type { Slot } from '../../domain/listener.ts';
import {
  type Approval,
  emptyOperatorState,
  type OperatorState,
  type OrderedFreeze,
} from '../../domain/operator.ts';
import type { ManualRequest, RequestState } from '../../domain/request.ts';
import type { Document } from '../../ports/state.ts';
import type { Store } from '../../ports/store.ts';
import { codecOf, instant } from './codec.ts';
import { openDocument } from './document.ts';
import { oneOf, variants } from './shapes/kit.ts';

const approval: z.ZodType<Approval> = z.strictObject({
  planHash: z.string(),
  listener: z.string(),
  by: z.string(),
  at: instant,
  until: instant,
});

const freeze: z.ZodType<OrderedFreeze> = z.strictObject({
  name: z.string(),
  from: instant,
  until: instant,
  allowEmergency: z.boolean(),
  reason: z.string(),
  by: z.string(),
  at: instant,
});

const requestState = variants<RequestState>({
  open: z.strictObject({ kind: z.literal('open') }),
  admitted: z.strictObject({ kind: z.literal('admitted'), rotationId: z.string(), at: instant }),
  finished: z.strictObject({ kind: z.literal('finished'), rotationId: z.string(), at: instant }),
  refused: z.strictObject({ kind: z.literal('refused'), reason: z.string(), at: instant }),
});

const request: z.ZodType<ManualRequest> = z.strictObject({
  requestId: z.string(),
  listener: z.string(),
  slot: oneOf<Slot>({ default: true, additional: true, ca: true }),
  from: z.string().nullable(),
  to: z.string().nullable(),
  ignoreWindow: z.boolean(),
  undoes: z.string().optional(),
  requestedBy: z.string(),
  reason: z.string(),
  at: instant,
  deferrals: z.int(),
  state: requestState,
});

const operatorState: z.ZodType<OperatorState> = z.strictObject({
  approvals: z.array(approval),
  freezes: z.array(freeze),
  requests: z.array(request),
});

/** What people told newleaf while it runs: approvals, freezes and manual requests. */
export function openOperatorState(store: Store): Document<OperatorState> {
  return openDocument(store, {
    key: 'operator',
    codec: codecOf(operatorState),
    empty: emptyOperatorState,
  });
}
