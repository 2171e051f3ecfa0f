import type { Certificate } from '../../src/domain/certificate.ts';
import type { choose } from '../../src/domain/choose.ts';
import { aCertificate, aPolicy, after, days, today } from './facts.ts';

export type Question = Parameters<typeof choose>[0];

/** The certificate that is to be replaced: 20 days are left. */
export const bound = aCertificate({ id: '101-cn-hangzhou', notAfter: after(today, days(20)) });

/** The renewal of `bound`: same names, issuer and key type, issued yesterday. */
export function aRenewal(overrides: Partial<Certificate> = {}): Certificate {
  return aCertificate({
    id: '202-cn-hangzhou',
    notBefore: after(today, days(-1)),
    notAfter: after(today, days(89)),
    ...overrides,
  });
}

/** What a policy with the shipped defaults asks about the renewal of `bound`. */
export function aQuestion(overrides: Partial<Question> = {}): Question {
  const { allow, minimumGain, thresholds } = aPolicy();
  return {
    bound,
    site: 'cn-hangzhou',
    onListener: [],
    allow,
    minimumGain,
    critical: thresholds.critical,
    quarantined: () => null,
    now: today,
    ...overrides,
  };
}
