import { createHash } from 'node:crypto';
import { emptyAdmission, type Admission } from '../../../src/domain/admission.ts';
import { listenerKey } from '../../../src/domain/listener.ts';
import { planHash } from '../../../src/domain/plan.ts';
import type { RotationRecord } from '../../../src/domain/rotation.ts';
import { candidateOf, loadBalancerKey } from '../../../src/domain/trial.ts';
import { aListener, today } from '../facts.ts';
import type { Shape, Stock } from './shapes.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The rotation of the world, as admitted. */
export function recordOf(shape: Shape, stock: Stock): RotationRecord {
  const [from, to] = shape.pair === 'ca' ? [stock.oldCa, stock.freshCa] : [stock.old, stock.fresh];
  const { ref } = aListener();
  const plan = { ref, recorded: shape.slots, steps: shape.steps, from, to };
  return {
    id: 'r1',
    plan: { ...plan, hash: planHash(plan, sha256) },
    trigger: { kind: 'schedule', emergency: false },
    policy: 'defaults',
    canary: true,
    admittedAt: today,
    listener: { loadBalancerName: 'edge', description: 'web', port: 443 },
  };
}

/** The Admission right after it let the rotation in. */
export function inFlight({ id, plan, policy }: RotationRecord): Admission {
  const entry = {
    rotationId: id,
    listener: listenerKey(plan.ref),
    loadBalancer: loadBalancerKey(plan.ref),
    candidate: candidateOf(plan),
    policy,
    since: today,
  };
  return { ...emptyAdmission, inFlight: [entry] };
}
