import type { Ending, Role } from './cast.ts';
import type { Seen } from './handshake.ts';
import {
  atLast,
  ended,
  type Expectation,
  failed,
  held,
  type Judgement,
  open,
  serves,
} from './judgement.ts';
import { seenOf } from './look.ts';
import type { Alert } from './receiver.ts';
import { alertsOf, rotationOf } from './story.ts';

type Check = (role: Role) => Omit<Expectation, 'name'> & { readonly says: string };

/** Found by the daemon as the demo's own handshake saw it beforehand. */
const announced: Check = (role) => ({
  says: `its certificate is announced as ${role.severity}`,
  last: false,
  judge: (story) => {
    const alert = alertsOf(story, role).find(isAboutExpiry);
    if (alert === undefined) return open('no alert about its certificate arrived');
    const { severity } = alert.data;
    if (severity !== role.severity) return failed(`it was announced as ${severity}`);
    const [seen] = seenOf(story.before, role);
    return seen === undefined
      ? failed('it was not seen at the beginning')
      : namesWhatWasSeen(alert, seen);
  },
});

const committed: Check = (role) => ({
  says: 'rotated, proven by handshakes',
  last: false,
  judge: (story) => ended(story, role, 'committed'),
});

const told: Check = (role) => ({
  says: 'alerts tell the rotation and end the first alert',
  last: false,
  judge: (story) => {
    const alerts = alertsOf(story, role);
    const outcome = outcomeIn(alerts);
    if (outcome === null) return open('no alert about the rotation arrived');
    if (outcome !== 'committed') return failed(`an alert says ${outcome}`);
    const resolved = alerts.some(
      ({ data }) => data.kind === 'expiring' && data.status === 'resolved',
    );
    return resolved ? held : open('the alert about the old certificate was not resolved');
  },
});

const servesNew: Check = (role) => ({
  says: 'every zone serves the new leaf',
  last: true,
  judge: (story) =>
    atLast(story, (last) => {
      const id = rotationOf(story, role)?.to ?? null;
      const to = last.state.certificates.find((each) => each.id === id);
      if (to === undefined) return failed('it was not rotated to a certificate of the store');
      if (seenOf(story.before, role).some((each) => each.fingerprint256 === to.fingerprint256))
        return failed('what it was rotated to is what it served before');
      return serves(seenOf(last, role), { fingerprint256: to.fingerprint256, trusted: true });
    }),
});

const rolledBack: Check = (role) => ({
  says: 'the bad renewal is caught by handshakes and rolled back',
  last: false,
  judge: (story) => {
    const judgement = ended(story, role, 'rolled-back');
    const kinds = rotationOf(story, role)?.mismatches.map(({ kind }) => kind) ?? [];
    if (judgement.verdict !== 'held' || kinds.includes('untrusted')) return judgement;
    return failed(`the cause was ${kinds.join(', ') || 'not given'}, not the missing intermediate`);
  },
});

const quarantined: Check = (role) => ({
  says: 'alerts tell the rollback and name the bad renewal as quarantined',
  last: false,
  judge: (story) => {
    const alerts = alertsOf(story, role);
    const outcome = outcomeIn(alerts);
    if (outcome === null) return open('no alert about the rotation arrived');
    if (outcome !== 'rolled-back') return failed(`an alert says ${outcome}`);
    const to = rotationOf(story, role)?.to;
    const named = alerts
      .flatMap(({ data }) => data.details.rejections ?? [])
      .some(({ candidate, reason }) => candidate === to && reason === 'quarantined');
    return named ? held : open('no alert names the renewal as quarantined');
  },
});

const servesOld: Check = (role) => ({
  says: 'every zone serves the old leaf',
  last: true,
  judge: (story) =>
    atLast(story, (last) => {
      const [seen] = seenOf(story.before, role);
      return seen === undefined
        ? failed('it was not seen at the beginning')
        : serves(seenOf(last, role), seen);
    }),
});

const noReplacement: Check = (role) => ({
  says: 'an alert tells that nothing in the store can replace it',
  last: false,
  judge: (story) =>
    alertsOf(story, role).some(({ data }) => data.kind === 'no-replacement')
      ? held
      : open('no such alert arrived'),
});

const byEnding: Readonly<Record<Ending, readonly Check[]>> = {
  rotated: [announced, committed, told, servesNew],
  'rolled-back': [announced, rolledBack, quarantined, servesOld],
  'no-replacement': [announced, noReplacement, servesOld],
};

/** What is expected of one listener. */
export function expectationsOf(role: Role): readonly Expectation[] {
  return byEnding[role.ending].map((check) => {
    const { says, last, judge } = check(role);
    return { name: `${role.name}: ${says}`, last, judge };
  });
}

function namesWhatWasSeen({ data }: Alert, seen: Seen): Judgement {
  if (data.details.certificate?.fingerprint256 !== seen.fingerprint256)
    return failed('the alert names another certificate than was served');
  return Date.parse(data.notAfter ?? '') === seen.notAfter?.getTime()
    ? held
    : failed(`the alert says that it ends at ${data.notAfter ?? 'no time'}`);
}

function isAboutExpiry({ data }: Alert): boolean {
  return (data.kind === 'expiring' || data.kind === 'expired') && data.status === 'firing';
}

function outcomeIn(alerts: readonly Alert[]): string | null {
  return alerts.find(({ data }) => data.kind === 'rotation')?.data.details.outcome ?? null;
}
