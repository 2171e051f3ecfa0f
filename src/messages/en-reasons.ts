import type { Reason } from './messages.ts';

/** English words for the reasons that the program gives. */
const reasons: Readonly<Record<Reason, string>> = {
  'observe-mode': 'the policy only observes',
  approval: 'the plan waits for an approval',
  window: 'no window is open',
  'not-due': 'its renewal is not due yet',
  hold: 'the listener is on hold until someone resolves its last rotation',
  canary: 'another listener tries the new certificate first',
  soak: 'the new certificate is still being watched on its first listener',
  concurrency: 'as many rotations as the policy allows are under way',
  'load-balancer-busy': 'another rotation of its load balancer is under way',
  'clock-skew': 'the clock is off',
  'no-candidate': 'nothing may replace it',
  'not-running': 'the listener is not running',
  'listener-gone': 'the listener is gone',
  'listener-not-running': 'the listener is not running',
  'listener-changed': 'the listener has changed since it was planned',
  'facts-unknown': 'not enough is known',
  'settings-changed': 'other settings of the listener have changed',
  freeze: 'a freeze is in force',
  'on-hold': 'the listener is on hold until someone resolves its last rotation',
  paused: 'rotations are paused until someone resolves the one that needs an operator',
  'expiry-unknown': 'nobody knows when the bound certificate expires',
  'no-way-back': 'the bound certificate is no longer in the store, so it could not be put back',
  quota: 'its load balancer has no room for another additional certificate',
  reverted: 'somebody put the old certificate back after a rotation',
  'owned-elsewhere': 'somebody else manages it',
  'candidate-gone': 'the new certificate is gone',
  blind: 'its endpoints cannot be looked at',
  shadowed: 'no handshake can show the difference',
  'cloud-refused': 'the cloud refused the change',
  'someone-else-writes': 'somebody else is changing it',
  'restore-failed': 'the old certificate could not be put back',
  'restore-unproven': 'the old certificate was put back but is not served everywhere',
  'old-certificate-unusable': 'the new certificate failed the proof and the old one is no better',
  'landed-unproven': 'the change was found done but failed the proof',
  'job-never-ended': 'the change never ended in the cloud',
};

const words: ReadonlyMap<string, string> = new Map(Object.entries(reasons));

/** A reason as it is called in the program reads well enough where the table has no better words. */
export function because(reason: string | null): string {
  if (reason === null) return 'no reason was given';
  return words.get(reason) ?? reason.replaceAll('-', ' ');
}
