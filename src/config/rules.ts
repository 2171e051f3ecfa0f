import { NewleafError } from '../domain/errors.ts';
import type { Policy, Window } from '../domain/policy.ts';
import type { Rules } from '../domain/rules.ts';
import { longestGap } from './cron.ts';
import type { Config } from './schema.ts';

type Defaults = Config['defaults'];
type PolicyEntry = Config['policies'][number];

/** What the operator decided, in domain words: each policy with everything filled in, the catch-all `defaults` last. */
export function rulesFrom(config: Config): Rules {
  const catchAll = { ...config.defaults, name: 'defaults', match: {} };
  const entries = config.policies.map((policy) => mergedPolicy(config.defaults, policy));
  return {
    policies: [...entries, catchAll].map((entry) => ({
      ...entry,
      windows: entry.windows.map((name) => windowNamed(config.windows, name)),
    })),
    freezes: config.freezes,
    verify: config.verify,
    quarantine: config.quarantine,
    identities: config.clientIdentities.map(({ name, listeners, mayLose }) => ({
      name,
      listeners,
      mayLose,
    })),
    caReplacements: config.caReplacements,
    pins: config.pins,
    scanEvery: scanEvery(config.schedule.scan),
  };
}

/** The policy with what it leaves out taken from the defaults, inside `thresholds` and `allow` too. */
export function mergedPolicy(
  defaults: Defaults,
  policy: PolicyEntry,
): Omit<Policy, 'windows'> & { readonly windows: readonly string[] } {
  const { canary } = policy;
  return {
    name: policy.name,
    match: policy.match,
    mode: policy.mode ?? defaults.mode,
    thresholds: thresholds(defaults, policy),
    allow: allowance(defaults, policy),
    ...timing(defaults, policy),
    // Null is a choice here: this policy wants no canary, whatever the defaults say.
    canary: canary === undefined ? defaults.canary : canary,
  };
}

function thresholds(defaults: Defaults, policy: PolicyEntry) {
  const given = policy.thresholds ?? {};
  return {
    info: given.info ?? defaults.thresholds.info,
    warning: given.warning ?? defaults.thresholds.warning,
    critical: given.critical ?? defaults.thresholds.critical,
  };
}

function allowance(defaults: Defaults, policy: PolicyEntry) {
  const given = policy.allow ?? {};
  return {
    issuer: given.issuer ?? defaults.allow.issuer,
    keyType: given.keyType ?? defaults.allow.keyType,
    age: given.age ?? defaults.allow.age,
    gap: given.gap ?? defaults.allow.gap,
  };
}

function timing(defaults: Defaults, policy: PolicyEntry) {
  return {
    renewBefore: policy.renewBefore ?? defaults.renewBefore,
    noReplacementAfter: policy.noReplacementAfter ?? defaults.noReplacementAfter,
    minimumGain: policy.minimumGain ?? defaults.minimumGain,
    windows: policy.windows ?? defaults.windows,
    allowIgnoreWindow: policy.allowIgnoreWindow ?? defaults.allowIgnoreWindow,
    emergency: policy.emergency ?? defaults.emergency,
    emergencyMargin: policy.emergencyMargin ?? defaults.emergencyMargin,
    maxConcurrent: policy.maxConcurrent ?? defaults.maxConcurrent,
  };
}

function windowNamed(windows: readonly Window[], name: string): Window {
  const found = windows.find((window) => window.name === name);
  if (found === undefined) throw new NewleafError('config.invalid', `${name} is not in windows`);
  return found;
}

function scanEvery(expression: string): number {
  const gap = longestGap(expression);
  if (gap === null) throw new NewleafError('config.invalid', `${expression} is no cron expression`);
  return gap;
}
