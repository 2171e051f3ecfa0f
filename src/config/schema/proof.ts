import { z } from 'zod';
import { duration, list, name, oneOf, section, spelled, text, whole, yesOrNo } from './leaves.ts';
import type { References } from './secrets.ts';

function perSecond() {
  return spelled({
    allowed: 'a rate from 0.1/s to 1000/s such as 2/s',
    pattern: /^\d{1,4}(\.\d+)?\/s$/,
    value: z.number(),
    parse: (input) => {
      const rate = Number.parseFloat(input);
      return rate >= 0.1 && rate <= 1000 ? rate : null;
    },
    format: (rate) => `${rate}/s`,
  });
}

/** How endpoints are looked at. */
export function probe() {
  return section({
    vantage: section({
      networks: list(
        oneOf(['public', 'private', 'ipv6']),
        'networks out of public, private, ipv6',
      ).prefault(['public']),
      vpcs: list(text('a VPC id such as vpc-abc', /^[A-Za-z0-9-]+$/), 'VPC ids').prefault([]),
    }).prefault({}),
    concurrency: whole(1, 1000).prefault(32),
    perLoadBalancer: perSecond().prefault('2/s'),
    namesPerListener: whole(0, 10_000).prefault(30),
    timeout: duration('100ms', '60s').prefault('5s'),
    roots: list(text('the path of a PEM file'), 'paths of PEM files').prefault([]),
  }).prefault({});
}

/** What makes a proof. */
export function verify() {
  return section({
    deadline: duration('1s', '30m').prefault('120s'),
    rounds: whole(1, 20).prefault(3),
    gap: duration('10ms', '5m').prefault('5s'),
    settle: duration('0s', '30m').prefault('60s'),
    blind: oneOf(['refuse', 'partial', 'api-only']).prefault('refuse'),
  }).prefault({});
}

/** Which CA certificate may take the place of which, where their keys differ. */
export function caReplacements() {
  return list(section({ from: certificateId(), to: certificateId() }), 'CA replacements').prefault(
    [],
  );
}

/** Which certificate a slot may take, and no other. */
export function pins() {
  const pin = section({
    listener: text('a listener id, or account/region/product/load balancer/listener'),
    slot: oneOf(['default', 'additional', 'ca']).prefault('default'),
    certificate: certificateId(),
  });
  return list(pin, 'pins').prefault([]);
}

function certificateId() {
  return text('a certificate id such as 123-cn-hangzhou');
}

/** Client certificates that the prober may present. */
export function clientIdentities({ secret }: References) {
  const identity = section({
    name: name(),
    certificate: secret,
    key: secret,
    listeners: list(text('a listener id'), 'listener ids').min(1, {
      error: 'must name at least one listener',
    }),
    mayLose: yesOrNo().prefault(false),
  });
  return list(identity, 'client identities').prefault([]);
}
