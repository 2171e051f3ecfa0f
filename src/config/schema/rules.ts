import { z } from 'zod';
import {
  clockTime,
  duration,
  expected,
  list,
  name,
  oneOf,
  section,
  spelled,
  text,
  timezone,
  whole,
  yesOrNo,
} from './leaves.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function instant() {
  return spelled({
    allowed: 'an instant with its offset such as 2027-02-01T00:00:00+08:00',
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/,
    value: z.date(),
    parse: parseInstant,
    format: (date) => date.toISOString().replace('.000Z', 'Z'),
  });
}

/** `Date` takes the 30th of February for the 2nd of March; an operator who wrote it did not. */
function parseInstant(input: string): Date | null {
  const date = new Date(input);
  const day = new Date(`${input.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || Number.isNaN(day.getTime())) return null;
  return day.toISOString().startsWith(input.slice(0, 10)) ? date : null;
}

/** When rotations may start. */
export function windows() {
  const window = section({
    name: name(),
    days: list(oneOf(weekdays), `days out of ${weekdays.join(', ')}`).min(1, {
      error: 'must name at least one day',
    }),
    start: clockTime(),
    end: clockTime(),
    timezone: timezone().prefault('Asia/Shanghai'),
  });
  return list(window, 'windows').prefault([
    { name: 'nights', days: ['mon', 'tue', 'wed', 'thu'], start: '02:00', end: '05:00' },
  ]);
}

/** When rotations may not start. */
export function freezes() {
  const freeze = section({
    name: name(),
    from: instant(),
    until: instant(),
    allowEmergency: yesOrNo().prefault(false),
  });
  return list(freeze, 'freezes').prefault([]);
}

function names(what: string) {
  return list(text(what), `${what}s`).min(1, { error: 'must not be empty' }).optional();
}

/** Which listeners are meant. */
export function match() {
  return section({
    accounts: names('account name'),
    regions: names('region id'),
    loadBalancers: names('load balancer id'),
    listeners: names('listener id'),
    tags: z.record(z.string(), z.string(expected('the tag value as text'))).optional(),
  });
}

function canary() {
  return section({ match: match().prefault({}), soak: duration().prefault('0s') }).nullable();
}

/** Every setting of a policy, each with the default of a policy that names none. */
function settings() {
  return {
    mode: oneOf(['observe', 'approve', 'auto']),
    thresholds: section({
      info: duration('1s'),
      warning: duration('1s'),
      critical: duration('1s'),
    }),
    renewBefore: duration('1s'),
    noReplacementAfter: duration('1s'),
    windows: list(name(), 'window names'),
    emergency: oneOf(['rotate', 'page']),
    emergencyMargin: duration(),
    maxConcurrent: whole(1, 100),
    allowIgnoreWindow: yesOrNo(),
    allow: section({
      issuer: yesOrNo(),
      keyType: yesOrNo(),
      age: yesOrNo(),
      gap: yesOrNo(),
    }),
    minimumGain: duration(),
    canary: canary(),
  };
}

/** The catch-all policy, and what other policies leave out. */
export function defaults() {
  const shape = settings();
  const thresholds = shape.thresholds.shape;
  const allow = shape.allow.shape;
  return section({
    mode: shape.mode.prefault('observe'),
    thresholds: section({
      info: thresholds.info.prefault('30d'),
      warning: thresholds.warning.prefault('7d'),
      critical: thresholds.critical.prefault('1d'),
    }).prefault({}),
    renewBefore: shape.renewBefore.prefault('30d'),
    noReplacementAfter: shape.noReplacementAfter.prefault('14d'),
    windows: shape.windows.prefault(['nights']),
    emergency: shape.emergency.prefault('rotate'),
    emergencyMargin: shape.emergencyMargin.prefault('6h'),
    maxConcurrent: shape.maxConcurrent.prefault(3),
    allowIgnoreWindow: shape.allowIgnoreWindow.prefault(false),
    allow: section({
      issuer: allow.issuer.prefault(false),
      keyType: allow.keyType.prefault(false),
      age: allow.age.prefault(false),
      gap: allow.gap.prefault(false),
    }).prefault({}),
    minimumGain: shape.minimumGain.prefault('1d'),
    canary: shape.canary.prefault(null),
  }).prefault({});
}

/** First match wins; keys left out come from `defaults`, inside `thresholds` and `allow` too. */
export function policies() {
  const shape = settings();
  const policy = section({
    name: name(),
    match: match(),
    ...shape,
    thresholds: shape.thresholds.partial(),
    allow: shape.allow.partial(),
  }).partial({
    mode: true,
    thresholds: true,
    renewBefore: true,
    noReplacementAfter: true,
    windows: true,
    emergency: true,
    emergencyMargin: true,
    maxConcurrent: true,
    allowIgnoreWindow: true,
    allow: true,
    minimumGain: true,
    canary: true,
  });
  return list(policy, 'policies').prefault([]);
}
