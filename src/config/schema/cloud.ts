import { z } from 'zod';
import { duration, expected, hostPort, list, name, oneOf, section, text, whole } from './leaves.ts';
import type { References } from './secrets.ts';

const products = ['nlb', 'alb', 'cas', 'pca', 'cms', 'sts'] as const;

function region() {
  return text('a region id such as cn-hangzhou', /^[a-z]{2,}(-[a-z0-9]+)+$/);
}

/** One of the ways to get keys; which of them go together is checked where the whole file is looked at. */
function credentials({ secret }: References) {
  return section({
    accessKeyId: secret.nullable().prefault(null),
    accessKeySecret: secret.nullable().prefault(null),
    securityToken: secret.nullable().prefault(null),
    ramRole: section({
      arn: roleArn(),
      sessionName: sessionName(),
      externalId: secret.nullable().prefault(null),
      // The official provider renews a quarter of an hour before the end: a session of 900 s would be asked for with each call.
      durationSeconds: whole(1800, 43_200).prefault(3600),
    })
      .nullable()
      .prefault(null),
    rrsa: section({
      roleArn: roleArn(),
      providerArn: text(
        'the ARN of an OIDC provider such as acs:ram::123:oidc-provider/ack-rrsa-c1',
        /^acs:ram::\d+:oidc-provider\/\S+$/,
      ),
      tokenFile: text('the path of a file'),
      sessionName: sessionName(),
    })
      .nullable()
      .prefault(null),
    // Left out is no choice; null is the choice of whichever role the instance has.
    ecsRole: text('the name of an instance role, or null for the one the instance has', /^[\w.-]+$/)
      .nullable()
      .optional(),
  });
}

function roleArn() {
  return text(
    'the ARN of a role such as acs:ram::123456789012:role/newleaf',
    /^acs:ram::\d+:role\/[\w.@-]+$/,
  );
}

/** What the audit of the cloud calls the sessions of the role. */
function sessionName() {
  return text(
    'a name of 2 to 64 letters, digits, dot, at, dash and underscore',
    /^[\w.@-]{2,64}$/,
  ).prefault('newleaf');
}

/** Who asks the cloud, and where. */
export function accounts(references: References) {
  const account = section({
    name: name(),
    credentials: credentials(references).nullable().prefault(null),
    regions: z
      .union(
        [
          z.literal('all'),
          z.array(region()).min(1, { error: 'must name at least one region, or be all' }),
        ],
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
