const day = 24 * 3_600_000;
const hangzhouOffset = 8 * 3_600_000;

/** How long before its end a certificate counts as about to expire. */
const warned = 30 * day;

export type CertificateStatus = 'ISSUED' | 'WILLEXPIRED' | 'EXPIRED';

/** Thirty days or less left is about to expire; both times in milliseconds since 1970. */
export function certificateStatus(notAfter: number, now: number): CertificateStatus {
  if (notAfter <= now) return 'EXPIRED';
  return notAfter - now <= warned ? 'WILLEXPIRED' : 'ISSUED';
}

/** `YYYY-MM-DD`. The service says nowhere in which zone; the store is in Hangzhou. */
export function dateOnly(millis: number): string {
  return inHangzhou(millis).slice(0, 10);
}

/** `YYYY-MM-DD hh:mm:ss`, in Hangzhou for the same reason. */
export function dateAndTime(millis: number): string {
  return inHangzhou(millis).slice(0, 19).replace('T', ' ');
}

/** Reads either of the two forms back, to milliseconds since 1970; null when it is neither. */
export function fromHangzhou(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d))?$/.exec(text);
  if (match === null) return null;
  const millis = Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00:00'}Z`);
  return Number.isNaN(millis) ? null : millis - hangzhouOffset;
}

/** Whole days left, never below zero. */
export function daysLeft(until: number, now: number): number {
  return Math.max(0, Math.floor((until - now) / day));
}

function inHangzhou(millis: number): string {
  return new Date(millis + hangzhouOffset).toISOString();
}
