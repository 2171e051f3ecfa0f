import type { AlertKind } from './problem.ts';

const all = {
  expiring: true,
  expired: true,
  'no-replacement': true,
  drift: true,
  unreachable: true,
  'not-probed': true,
  'expiry-unknown': true,
  'owned-elsewhere': true,
  'weak-tls-policy': true,
  'quota-near': true,
  reverted: true,
  rotation: true,
  'approval-wanted': true,
  missing: true,
  'scan-stale': true,
  'queue-stuck': true,
  'sink-failing': true,
  'clock-skew': true,
  'store-not-durable': true,
  test: true,
} as const satisfies Record<AlertKind, true>;

/** Every kind of problem: the compiler finds the one that is missing. */
export const alertKinds: readonly AlertKind[] = Object.keys(all).filter(isAlertKind);

function isAlertKind(word: string): word is AlertKind {
  return word in all;
}
