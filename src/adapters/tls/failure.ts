import type { FailureReason } from '../../domain/observation.ts';
import type { Sighting } from './handshake.ts';

/** Why no leaf was seen: a reason from the closed list and a few words for people. */
export interface Failure {
  readonly reason: FailureReason;
  readonly detail: string;
}

/** What the operating system's refusal to connect means. */
export function dialFailure(error: NodeJS.ErrnoException): Failure {
  const code = error.code ?? error.message;
  return { reason: dialReasons.get(code) ?? 'unreachable', detail: `connecting failed: ${code}` };
}

const dialReasons: ReadonlyMap<string, FailureReason> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ETIMEDOUT', 'timeout'],
]);

/** Why a handshake that proved no leaf went wrong. What the server said in the clear tells more than OpenSSL's code. */
export function handshakeFailure(sighting: Sighting): Failure {
  const { flight, ending } = sighting;
  if (!flight.isTls) return { reason: 'not-tls', detail: 'the answer is not TLS' };
  if (flight.alert !== null) return alertFailure(flight.alert, flight.certificates.length > 0);
  if (ending.kind === 'error') return errorFailure(ending.error);
  if (ending.kind === 'stopped')
    return { reason: 'timeout', detail: 'the handshake did not finish in time' };
  return { reason: 'reset', detail: 'closed during the handshake' };
}

/** Alerts by which a server says that it shares nothing with what was offered (RFC 8446 6.2). */
const parameterAlerts: ReadonlyMap<number, string> = new Map([
  [40, 'handshake_failure'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [109, 'missing_extension'],
  [120, 'no_application_protocol'],
]);

function alertFailure(alert: number, sentCertificate: boolean): Failure {
  if (alert === 112) return { reason: 'name-rejected', detail: 'alert unrecognized_name' };
  const name = parameterAlerts.get(alert);
  const detail = `alert ${name ?? alert}`;
  // A server that chose a certificate had agreed on parameters: its complaint is about something later.
  if (name !== undefined && !sentCertificate) return { reason: 'no-common-parameters', detail };
  return { reason: 'handshake-failed', detail };
}

/** Errors of our own OpenSSL when the server chose what we did not offer. */
const parameterErrors =
  /UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION|INAPPROPRIATE_FALLBACK|WRONG_CIPHER|UNKNOWN_CIPHER|WRONG_CERTIFICATE_TYPE|WRONG_SIGNATURE_TYPE|WRONG_CURVE|NO_SUITABLE|UNSUPPORTED_SIGNATURE|ALERT_PROTOCOL_VERSION/;

function errorFailure(error: NodeJS.ErrnoException): Failure {
  const code = error.code ?? error.message;
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return { reason: 'reset', detail: 'closed during the handshake' };
  }
  if (code === 'ETIMEDOUT') return { reason: 'timeout', detail: 'the connection timed out' };
  const reason = parameterErrors.test(code) ? 'no-common-parameters' : 'handshake-failed';
  return { reason, detail: `handshake failed: ${code}` };
}
