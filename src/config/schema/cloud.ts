import { z } from 'zod';
import { duration, expected, hostPort, list, name, oneOf, section, text } from './leaves.ts';
import type { References } from './secrets.ts';

const products = ['nlb', 'alb', 'cas', 'pca', 'cms', 'sts'] as const;

function region() {
  return text('a region id such as cn-hangzhou', /^[a-z]{2,}(-[a-z0-9]+)+$/);
}

function credentials({ secret }: References) {
  return section({
    accessKeyId: secret,
    accessKeySecret: secret,
    securityToken: secret.nullable().prefault(null),
  });
}

/** Who asks the cloud, and where. */
export function accounts(references: References) {
  const account = section({
    name: name(),
    credentials: credentials(references).nullable().prefault(null),
    regions: z
      .union(
        [z.literal('all'), z.array(region()).min(1)],
        expected('all, or a list of region ids such as [cn-hangzhou]'),
      )
      .prefault('all'),
  });
  return list(account, 'accounts')
    .min(1, { error: 'must name at least one account' })
    .prefault([{ name: 'main', regions: 'all' }]);
}

/** How the cloud is reached. */
export function cloud() {
  return section({
    endpoints: z.partialRecord(oneOf(products), z.record(region(), endpoint())).prefault({}),
    dial: z.record(hostPort(), hostPort()).prefault({}),
    timeouts: section({
      connect: duration('100ms', '60s').prefault('5s'),
      read: duration('100ms', '120s').prefault('15s'),
    }).prefault({}),
    rateShare: share().prefault(0.5),
    ownerTags: list(text('a tag as KEY or KEY=VALUE'), 'tags as KEY or KEY=VALUE').prefault([]),
  }).prefault({});
}

function share() {
  const allowed = expected('a number above 0 and up to 1');
  return z.number(allowed).gt(0, allowed).lte(1, allowed);
}

function endpoint() {
  const allowed =
    'a host, with a port where needed, such as nlb.cn-hangzhou.aliyuncs.com or 127.0.0.1:18080';
  return text(allowed, /^(https?:\/\/)?[A-Za-z0-9.-]+(:\d{1,5})?$/);
}
