import { z } from 'zod';
import {
  type Admission,
  type CandidateState,
  type Commit,
  emptyAdmission,
  type Hold,
  type InFlight,
} from '../../domain/admission.ts';
import type { Slot } from '../../domain/listener.ts';
import type { AdmissionBook } from '../../ports/state.ts';
import type { Store } from '../../ports/store.ts';
import { codecOf, instant } from './codec.ts';
import { openDocument } from './document.ts';
import { oneOf, variants } from './shapes/kit.ts';

const inFlight: z.ZodType<InFlight> = z.strictObject({
  rotationId: z.string(),
  listener: z.string(),
  loadBalancer: z.string(),
  candidate: z.string(),
  policy: z.string(),
  since: instant,
});

const candidateState = variants<CandidateState>({
  canary: z.strictObject({ kind: z.literal('canary'), rotationId: z.string() }),
  proven: z.strictObject({ kind: z.literal('proven'), since: instant }),
  quarantined: z.strictObject({
    kind: z.literal('quarantined'),
    since: instant,
    until: instant,
    rotationId: z.string(),
    reason: z.string(),
  }),
});

const hold: z.ZodType<Hold> = z.strictObject({
  rotationId: z.string(),
  since: instant,
  reason: z.string(),
});

const commit: z.ZodType<Commit> = z.strictObject({
  rotationId: z.string(),
  slot: oneOf<Slot>({ default: true, additional: true, ca: true }),
  from: z.string(),
  fromLeaf: z.string().nullable(),
  to: z.string(),
  at: instant,
  until: instant,
});

const admission: z.ZodType<Admission> = z.strictObject({
  inFlight: z.array(inFlight),
  candidates: z.record(z.string(), candidateState),
  holds: z.record(z.string(), hold),
  commits: z.record(z.string(), commit).optional(),
  left: z.record(z.string(), instant).optional(),
});

/** The one document that decides what may run now, over all replicas of this store. */
export function openAdmission(store: Store): AdmissionBook {
  return openDocument(store, {
    key: 'admission',
    codec: codecOf(admission),
    empty: emptyAdmission,
  });
}
