import { z } from 'zod';
import { languages } from '../../domain/language.ts';
import { duration, later, name, oneOf, section, show, whole } from './leaves.ts';
import type { References } from './secrets.ts';

const supported = ['log', 'webhook'] as const;
const planned = 'cloudmonitor alertmanager pagerduty slack dingtalk feishu wecom email'.split(' ');

/** Where alerts go, by name. */
export function sinks({ secret, url }: References) {
  const common = { quiet: later(), language: oneOf(languages).prefault('en') };
  const log = section({ kind: z.literal('log'), ...common });
  const webhook = section({
    kind: z.literal('webhook'),
    url: url(['https', 'http']),
    secret: secret.nullable().prefault(null),
    timeout: duration('100ms', '60s').prefault('10s'),
    perMinute: whole(1, 6000).prefault(60),
    ...common,
  });
  const sink = z.discriminatedUnion('kind', [log, webhook], {
    error: ({ input }) => kindProblem(input),
  });
  return z.record(name(), sink).prefault({ log: { kind: 'log' } });
}

function kindProblem(input: unknown): string {
  const allowed = `one of ${supported.join(', ')}`;
  const kind =
    typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
  if (kind === undefined) return `is missing; must be ${allowed}`;
  if (typeof kind === 'string' && planned.includes(kind)) {
    return `${kind} is not supported by this release; must be ${allowed}`;
  }
  return `must be ${allowed}, not ${show(kind)}`;
}
