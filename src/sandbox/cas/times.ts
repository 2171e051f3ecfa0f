import type { CertificateFacts } from '../x509/facts.ts';

const day = 24 * 3_600_000;
const hangzhouOffset = 8 * 3_600_000;

/** How long before its end a certificate counts as about to expire. */
const warned = 30 * day;

export type CertificateStatus = 'ISSUED' | 'WILLEXPIRED' | 'EXPIRED';

export function certificateStatus(facts: CertificateFacts, now: number): CertificateStatus {
  if (facts.notAfter <= now) return 'EXPIRED';
  return facts.notAfter - now <= warned ? 'WILLEXPIRED' : 'ISSUED';
}

/** `YYYY-MM-DD`. The service says nowhere in which zone; the store is in Hangzhou. */
export function dateOnly(millis: number): string {
  return new Date(millis + hangzhouOffset).toISOString().slice(0, 10);
}

/** Whole days left, never below zero. */
export function daysLeft(until: number, now: number): number {
  return Math.max(0, Math.floor((until - now) / day));
}
