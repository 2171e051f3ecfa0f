import type { ExpiryUnknown } from '../domain/ca-names.ts';
import type { Finding } from '../domain/findings.ts';
import { whatToChange } from '../domain/refusal.ts';
import { short } from './words.ts';

/** What a person should do about a finding, in one sentence. */
export function adviceOn(finding: Finding): string {
  switch (finding.kind) {
    case 'drift':
      return 'Run newleaf verify on the listener: a zone may lag behind a change, or somebody changed what is bound.';
    case 'unreachable':
      return 'Look at the security groups, the zone and the load balancer: nothing is rotated before this endpoint answers.';
    case 'untrusted-chain':
      return untrusted(finding.reason);
    case 'name-not-covered':
      return `Bind a certificate that answers for ${finding.serverName ?? 'the name asked'}: clients refuse the leaf ${short(finding.served)} under this name.`;
    case 'weak-tls-policy':
      return `Choose tls_cipher_policy_1_2 or a stricter one instead of ${finding.policy}: it allows protocols older than TLS 1.2.`;
    case 'expiry-unknown':
      return unknownEnd(finding);
    case 'quota-near':
      return `Unbind additional certificates that nobody needs: the load balancer holds ${finding.used} of ${finding.limit}, and each further one takes a place.`;
    case 'owned-elsewhere':
      return finding.owner.kind === 'cloud' ? '' : sentence(whatToChange(finding.owner));
    case 'not-probed':
      return 'Run newleaf inside the VPC, or name the network in probe.vantage, so that what is served can be seen.';
    case 'names-not-asked':
      return `Run newleaf verify on the listener to see every name: the scan asked for ${finding.asked} of ${finding.names}.`;
    case 'reverted':
      return `Ask who put ${finding.from} back after rotation ${finding.rotationId}: newleaf rotates this listener again only when newleaf rotate asks for it.`;
  }
}

/** A listener names the CAs whose certificates it takes: then a person knows where to look. */
function unknownEnd({ caNames, caNamesWhy }: ExpiryUnknown): string {
  if (caNames.length > 0)
    return `Find out when the CA ends that the listener names to clients: ${caNames.join('; ')}. No store that can be read tells it.`;
  const doctor =
    'Run newleaf doctor: it names the reading that is denied; watch a certificate of another account there.';
  switch (caNamesWhy) {
    case 'none-named':
      return `${doctor} The listener names no CA to clients.`;
    case 'not-told':
      return `${doctor} The listener does not name its CA to clients: in TLS 1.3 it need not, and it answers no TLS 1.2.`;
    case 'not-seen':
      return `${doctor} No handshake from here was asked for a client certificate, which would name the CA.`;
    case null:
      return doctor;
  }
}

function untrusted(reason: string): string {
  switch (reason) {
    case 'incomplete-chain':
      return 'Upload the certificate with its intermediate certificates: clients that do not know them refuse it.';
    case 'not-yet-valid':
      return 'Bind a certificate that is valid already, or correct the clock of this machine.';
    default:
      return 'Bind a certificate from a CA that clients trust, or name the private CA in probe.roots.';
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
