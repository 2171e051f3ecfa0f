import type { Outlook } from '../domain/problem.ts';
import { because } from './en-reasons.ts';
import { rotation } from './en-rotation.ts';
import { count, expires, length, listener, more, quoted } from './en-words.ts';
import type { FactsOf, Messages, Reading, Telling } from './messages.ts';
import { capped, localAndUtc, short } from './words.ts';

type Expiry = FactsOf<'expiring'>;
type OfCertificate = Pick<Expiry, 'account' | 'site' | 'certificate'>;

/** English. */
export const en: Messages = {
  labels: {
    until: 'Until',
    affected: (n) => `Affected (${n})`,
    next: 'Next',
    run: 'Run',
    console: 'Console',
    runbook: 'Runbook',
    resolved: 'resolved',
    severity: (severity) => severity,
    with: (label, text) => `${label}: ${text}`,
  },
  tell: {
    expiring: expiry,
    expired: expiry,
    'no-replacement': (facts, { now }) => ({
      title: `No replacement for certificate ${called(facts)}, which ${expires(facts.notAfter, now)}`,
      over: `Certificate ${called(facts)} has a replacement or is no longer bound`,
      what: [identity(facts), ...whyNone(facts.rejections)],
      next: 'newleaf can do nothing until the store holds a certificate that may replace this one.',
    }),
    drift: ({ binding, zone, address, bound, served }) => ({
      title: `${listener(binding)} serves another certificate than bound, in ${zone}`,
      over: `${listener(binding)} serves what is bound, in ${zone}`,
      what: `${address} serves the leaf ${short(served)}; the leaf ${short(bound)} is bound.`,
      next: 'newleaf changes nothing here; it looks again with every scan.',
    }),
    unreachable: ({ binding, zone, address, reason, lastServedAt }, { timezone }) => ({
      title: `${listener(binding)} does not answer in ${zone}`,
      over: `${listener(binding)} answers again in ${zone}`,
      what: `${address} gave no certificate: ${reason}. It last did at ${localAndUtc(lastServedAt, timezone)}.`,
      next: 'newleaf rotates nothing on this listener before it has seen what each zone serves.',
    }),
    'not-probed': ({ account, vpcId, listeners }) => ({
      title: `${count(listeners, 'listener')} in ${vpcId ?? 'a network'} cannot be looked at`,
      over: `The listeners in ${vpcId ?? 'a network'} can be looked at`,
      what: `Account ${account}: their addresses are outside the networks this daemon reaches. Bindings and dates are still watched, but not what is served.`,
      next: 'Run a daemon inside, or name the network in probe.vantage, and newleaf will look.',
    }),
    'expiry-unknown': ({ account, certificateId }) => ({
      title: `Nobody knows when certificate ${certificateId} expires`,
      over: `The end of certificate ${certificateId} is known, or it is no longer bound`,
      what: `Account ${account}: the store does not list it and no handshake has shown it.`,
      next: 'newleaf looks again with every scan and rotates nothing that it cannot put back.',
    }),
    'owned-elsewhere': ({ binding, owner, notAfter }, { now }) => ({
      title: `${listener(binding)}: its certificate ${expires(notAfter, now)}, and ${owner} manages it`,
      over: `${listener(binding)}: its certificate no longer needs attention`,
      what: `newleaf leaves what others manage alone. Renew the certificate there: ${owner}.`,
      next: `newleaf can do nothing: ${owner} would undo it.`,
    }),
    'weak-tls-policy': ({ policy, bindings }) => ({
      title: `${count(bindings.length, 'listener')} ${bindings.length === 1 ? 'allows' : 'allow'} TLS older than 1.2 (${policy})`,
      over: `No listener with ${policy} is left here`,
      what: 'Clients can be made to use TLS 1.0 or 1.1, which are no longer considered safe (RFC 8996).',
      next: 'newleaf changes no policy; choose tls_cipher_policy_1_2 or a stricter one in the console.',
    }),
    'quota-near': ({ binding: { loadBalancerName, ref }, used, limit }) => ({
      title: `${loadBalancerName} (${ref.loadBalancerId}) holds ${used} of ${limit} additional certificates`,
      over: `${loadBalancerName} (${ref.loadBalancerId}) has room for additional certificates again`,
      what: 'The quota belongs to the load balancer and counts every listener of it. A certificate that is replaced takes two places for a while.',
      next: 'newleaf unbinds nothing by itself; unbind what nobody needs, or ask for a larger quota.',
    }),
    reverted: ({ binding, rotationId, bound, to, at }, { timezone }) => ({
      title: `${listener(binding)} holds its old certificate again`,
      over: `${listener(binding)} no longer holds what a rotation replaced`,
      what: `Rotation ${rotationId} replaced it by ${to} at ${localAndUtc(at, timezone)}; somebody has put ${bound} back since.`,
      next: 'newleaf does not rotate this listener by itself; a request for it counts as your consent.',
    }),
    rotation,
    'approval-wanted': ({ binding, planHash, from, to, notAfter }, { now }) => ({
      title: `Approve a rotation of ${listener(binding)}? Its certificate ${expires(notAfter, now)}`,
      over: `${listener(binding)}: the plan no longer waits for an approval`,
      what: `Plan ${planHash.slice(0, 12)} replaces certificate ${from} by ${to}.`,
      next: 'newleaf waits for your approval, then starts at the next opening of the window.',
    }),
    missing: ({ account, region, action, code }) => ({
      title: `${region} of account ${account} could not be read completely`,
      over: `${region} of account ${account} is read completely again`,
      what: `${action} failed: ${code}. What was known before is kept and still watched.`,
      next: 'newleaf asks again with the next scan.',
    }),
    'scan-stale': ({ lastSuccess, expectedEvery }, { now, timezone }) => ({
      title:
        lastSuccess === null
          ? 'No scan has succeeded yet'
          : `The last good scan is ${length(now.getTime() - lastSuccess.getTime())} old`,
      over: 'Scans succeed again',
      what: `One is due every ${length(expectedEvery)}. ${lastSuccess === null ? 'Nothing is known' : `What is known is from ${localAndUtc(lastSuccess, timezone)}`}.`,
      next: 'newleaf keeps trying; dates already known are still watched.',
    }),
    'queue-stuck': ({ queue, oldest }, { now }) => ({
      title: `Queue ${queue} does not move`,
      over: `Queue ${queue} moves again`,
      what: `Its oldest job has waited for ${length(now.getTime() - oldest.getTime())}.`,
      next: 'newleaf adds what is missing from the store every minute; nothing is lost.',
    }),
    'sink-failing': ({ sink, since, reason }, { timezone }) => ({
      title: `Alerts do not get through to ${sink}`,
      over: `Alerts get through to ${sink} again`,
      what: `Since ${localAndUtc(since, timezone)}: ${reason}.`,
      next: 'newleaf keeps every alert, tries again and then sends the state as it is at that time.',
    }),
    'clock-skew': ({ skewMs, against }) => ({
      title: `This clock and the ${against}'s differ by ${Math.round(Math.abs(skewMs) / 1000)} s`,
      over: `This clock and the ${against}'s agree again`,
      what: `This clock is ${skewMs > 0 ? 'behind' : 'ahead'}.`,
      next: 'newleaf starts no rotation and moves no threshold until the clocks agree.',
    }),
    'store-not-durable': ({ backend, detail }) => ({
      title: `The ${backend} store may lose what it has confirmed`,
      over: `The ${backend} store keeps what it confirms`,
      what: detail,
      next: 'newleaf goes on: a rotation that the store forgot is found again on the listener.',
    }),
    test: ({ sink, by }) => ({
      title: `TEST: nothing is wrong, ${by} tries whether ${sink} is heard`,
      over: `TEST: the test of ${sink} is over`,
      what: 'Whoever reads this hears of alerts through this sink.',
      next: 'Nothing is to be done, and newleaf does nothing.',
    }),
  },
  binding: ({ ref, loadBalancerName, listenerDescription, port, slot }) =>
    `${loadBalancerName} (${ref.loadBalancerId}) port ${port}${quoted(listenerDescription)}, ${slot} certificate, ${ref.region}, account ${ref.account}`,
  more,
  lasted: (from, to) => `It lasted from ${from} to ${to}.`,
  notConfigured:
    'What it was about was taken out of the configuration: newleaf does not watch it any more.',
  acknowledged: (by, note) => `Seen by ${by}${note === '' ? '' : `: ${note}`}`,
  line: (title, bindings) => (bindings > 1 ? `${title} (${count(bindings, 'binding')})` : title),
  digest: ({ first, total, bySeverity, resolved }) => {
    const parts = [
      ...bySeverity.map(({ severity, count: n }) => `${n} ${severity}`),
      ...(resolved === 0 ? [] : [`${resolved} resolved`]),
    ];
    return `${first ? 'What newleaf found at its start: ' : ''}${count(total, 'alert')}: ${parts.join(', ')}`;
  },
};

function expiry(facts: Expiry, reading: Reading): Telling {
  const gone = facts.notAfter <= reading.now;
  return {
    title: `Certificate ${called(facts)} ${expires(facts.notAfter, reading.now)}`,
    over: `Certificate ${called(facts)} is no longer bound or served`,
    what: [
      identity(facts),
      ...(gone ? ['Clients that check certificates are being turned away.'] : []),
      ...lookedAt(facts),
    ],
    // Ten bindings with the same prospect need to hear of it once.
    next: [...new Set(facts.outlook.map((outlook) => prospect(outlook, facts, reading)))],
  };
}

function prospect(outlook: Outlook, { site }: Expiry, { now, timezone }: Reading): string {
  switch (outlook.kind) {
    case 'rotates': {
      const { to, notBefore } = outlook;
      const due = notBefore === null || notBefore <= now;
      const when = due ? 'soon' : `not before ${localAndUtc(notBefore, timezone)}`;
      return `newleaf replaces it by certificate ${to}, ${when}.`;
    }
    case 'waits':
      return `newleaf does nothing by itself: ${because(outlook.reason)}.`;
    case 'no-candidate':
      return `newleaf has nothing to replace it by: put a renewed one into store ${site}.`;
    case 'not-ours':
      return `newleaf can do nothing: ${outlook.reason}.`;
  }
}

/** Why nothing may replace it, once for all bindings of which the same is true. */
function lookedAt({ outlook }: Expiry): readonly string[] {
  const lines = outlook.flatMap((of) => (of.kind === 'no-candidate' ? whyNone(of.rejections) : []));
  return [...new Set(lines)];
}

function identity({ account, site, certificate }: OfCertificate): string {
  const { id, label, fingerprint256 } = certificate;
  const names = capped(certificate.names, 5, more).join(', ');
  const parts = [
    `${id}${label === '' ? '' : ` (${label})`}`,
    ...(fingerprint256 === null ? [] : [`SHA-256 ${short(fingerprint256)}`]),
    `of account ${account} in store ${site}`,
  ];
  return `Certificate ${parts.join(', ')}${names === '' ? '' : `; names: ${names}`}.`;
}

function whyNone(rejections: FactsOf<'no-replacement'>['rejections']): readonly string[] {
  const reasonsGiven = rejections.map(({ candidate, detail }) => `${candidate} ${detail}`);
  if (reasonsGiven.length === 0) return ['The store holds no other certificate for these names.'];
  return [`Looked at: ${capped(reasonsGiven, 3, more).join('; ')}.`];
}

/** A CA answers for no name; its label says which one it is. */
function called({ certificate: { names, label, id } }: OfCertificate): string {
  const [first, ...others] = names;
  if (first === undefined) return label === '' ? id : `${label} (${id})`;
  return others.length === 0 ? first : `${first} (+${count(others.length, 'name')})`;
}
