/** English words for the reasons that the program gives. */
const reasons: Readonly<Record<string, string>> = {
  'observe-mode': 'the policy only observes',
  approval: 'the plan waits for an approval',
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

/** A reason as it is called in the program reads well enough where the table has no better words. */
export function because(reason: string | null): string {
  return reasons[reason ?? ''] ?? reason?.replaceAll('-', ' ') ?? 'no reason was given';
}
