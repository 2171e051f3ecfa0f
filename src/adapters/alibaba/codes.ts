import type { ErrorCode } from '../../domain/errors.ts';

/** What a cloud code means to us, and whether it says for certain that the request changed nothing. */
export interface Meaning {
  readonly code: ErrorCode;
  /** False for an answer that leaves open whether a write landed. */
  readonly definite: boolean;
}

/**
 * From cloud codes to ours. A rule is the beginning of a code in lower case, because products and even operations of one
 * product differ in letter case; the first rule that fits wins. Everything a load balancer says about locks, states and
 * rates arrives as HTTP 400, so the status decides only where no rule fits.
 */
const rules: readonly (readonly [start: string, code: ErrorCode, uncertain?: 'uncertain'])[] = [
  ['throttling', 'cloud.throttled'],
  ['rejected.throttling', 'cloud.throttled'],
  ['dryrunoperation', 'cloud.dry-run-passed'],
  ['idempotencesignaturemismatch', 'cloud.token-mismatch'],
  ['idempotentparametermismatch', 'cloud.token-mismatch'],
  // The first request with this token is still being carried out.
  ['idempotenceprocessing', 'cloud.conflict', 'uncertain'],
  ['incorrectstatus', 'cloud.conflict'],
  ['incorrectbusinessstatus', 'cloud.conflict'],
  ['resourceinconfiguring', 'cloud.conflict'],
  ['conflict.', 'cloud.conflict'],
  ['operationfailed.resourceisconfiguring', 'cloud.conflict'],
  ['systembusy', 'cloud.busy'],
  // The server tried and gave up: how far it came is not said.
  ['operationfailed', 'cloud.busy', 'uncertain'],
  ['serviceunavailable', 'cloud.unavailable', 'uncertain'],
  ['internalerror', 'cloud.unavailable', 'uncertain'],
  // Somebody (a proxy, a network) delivered the signed request twice; the first copy may have been carried out.
  ['signaturenonceused', 'cloud.unavailable', 'uncertain'],
  ['resourcealreadyassociated', 'cloud.already-associated'],
  ['resourcenotassociated', 'cloud.not-associated'],
  ['resourcenotfound.certificate', 'cloud.certificate-not-found'],
  ['resourcenotfound.cacertificate', 'cloud.certificate-not-found'],
  ['resourcenotfound', 'cloud.not-found'],
  ['notfound', 'cloud.not-found'],
  ['quotaexceeded', 'cloud.quota'],
  ['resourcequotaexceeded', 'cloud.quota'],
  ['resourcenotenough', 'cloud.quota'],
  ['invalidtimestamp', 'cloud.clock'],
  ['invalidaccesskeyid', 'cloud.credentials'],
  ['invalidcredentials', 'cloud.credentials'],
  ['invalidsecuritytoken', 'cloud.credentials'],
  ['missingsecuritytoken', 'cloud.credentials'],
  ['signaturedoesnotmatch', 'cloud.credentials'],
  ['incompletesignature', 'cloud.credentials'],
  ['forbidden', 'cloud.denied'],
  ['nopermission', 'cloud.denied'],
  ['accessforbidden', 'cloud.denied'],
  ['unauthorized', 'cloud.denied'],
];

/** What an error reply means; `cloudCode` is null when the reply carried none. */
export function meaningOf(cloudCode: string | null, status: number | null): Meaning {
  // Some services name nothing but the status, as a code of its own.
  if (cloudCode === null || /^5\d\d$/.test(cloudCode)) return meaningOfStatus(status);
  const code = cloudCode.toLowerCase();
  const rule = rules.find(([start]) => code.startsWith(start));
  if (rule !== undefined) return { code: rule[1], definite: rule[2] === undefined };
  if (code.includes('throttling')) return { code: 'cloud.throttled', definite: true };
  if (status !== null && status < 500) return { code: 'cloud.refused', definite: true };
  return { code: 'cloud.unavailable', definite: false };
}

/** An error without a code did not come from the API itself, so nothing is certain. */
function meaningOfStatus(status: number | null): Meaning {
  const code = status !== null && status < 500 ? 'cloud.unreadable' : 'cloud.unavailable';
  return { code, definite: false };
}
