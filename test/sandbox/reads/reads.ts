import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  codeOf,
  front,
  mutual,
  type Nlb,
  nlbCaller,
  plainTcp,
  smallSandbox,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

const Tagged = z.object({ Tags: z.array(z.record(z.string(), z.string())) });

const refused: readonly {
  what: string;
  action: string;
  fields: Record<string, unknown>;
  code: string;
}[] = [
  {
    what: 'a page of more than a hundred listeners',
    action: 'ListListeners',
    fields: { MaxResults: 101 },
    code: 'IllegalParam',
  },
  {
    what: 'a page of more than fifty certificates',
    action: 'ListListenerCertificates',
    fields: { ListenerId: apps, MaxResults: 51 },
    code: 'IllegalParam.MaxResults',
  },
  {
    what: 'more than twenty ids',
    action: 'ListListeners',
    fields: { ListenerIds: Array.from({ length: 21 }, (_, index) => `l${index}`) },
    code: 'IllegalParam',
  },
  {
    what: 'a missing listener id',
    action: 'GetListenerAttribute',
    fields: {},
    code: 'MissingListenerId',
  },
  {
    what: 'an unknown listener',
    action: 'GetListenerAttribute',
    fields: { ListenerId: 'lsn-none' },
    code: 'ResourceNotFound.listener',
  },
  {
    what: 'an unknown load balancer',
    action: 'GetLoadBalancerAttribute',
    fields: { LoadBalancerId: 'nlb-none' },
    code: 'ResourceNotFound.loadBalancer',
  },
  {
    what: 'an unknown job',
    action: 'GetJobStatus',
    fields: { JobId: 'none' },
    code: 'ResourceNotFound.JobId',
  },
  {
    what: 'certificates of a listener without TLS',
    action: 'ListListenerCertificates',
    fields: { ListenerId: plainTcp },
    code: 'OperationDenied.Protocol',
  },
];

async function count(action: string, fields: Record<string, unknown>): Promise<unknown> {
  return (await nlb(action, fields))['TotalCount'];
}

export function readsCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  after(() => sandbox.close());

  test('load balancers come with zones, addresses and tags spelt the listing way', async () => {
    const reply = await nlb('ListLoadBalancers');

    const [web] = z
      .array(
        Tagged.extend({
          LoadBalancerName: z.string(),
          LoadBalancerType: z.literal('Network'),
          ZoneMappings: z.array(
            z.object({
              ZoneId: z.string(),
              Status: z.literal('Active'),
              LoadBalancerAddresses: z.array(z.object({ PublicIPv4Address: z.string() })),
            }),
          ),
        }),
      )
      .parse(reply['LoadBalancers']);
    assert.equal(web?.LoadBalancerName, 'web');
    assert.deepEqual(
      web?.ZoneMappings.map((zone) => zone.ZoneId),
      ['cn-hangzhou-a', 'cn-hangzhou-b'],
    );
    assert.match(web?.ZoneMappings[0]?.LoadBalancerAddresses[0]?.PublicIPv4Address ?? '', /^127\./);
    assert.deepEqual(web?.Tags[0], { Key: 'env', Value: 'prod' });
  });

  test('attributes spell tags and types their own way', async () => {
    const balancer = await nlb('GetLoadBalancerAttribute', {
      LoadBalancerId: 'nlb-smallweb0000001',
    });
    const listener = await nlb('GetListenerAttribute', { ListenerId: front });

    assert.equal(balancer['LoadBalancerType'], 'network');
    assert.deepEqual(Tagged.parse(balancer).Tags[0], { TagKey: 'env', TagValue: 'prod' });
    assert.deepEqual(Tagged.parse(listener).Tags[0], { TagKey: 'env', TagValue: 'prod' });
    assert.equal(listener['StartPort'], '0');
    assert.equal(listener['ListenerPort'], 8443);
  });

  test('a listener names its default certificate only, its certificates are listed apart', async () => {
    const listener = await nlb('GetListenerAttribute', { ListenerId: apps });
    const rows = await nlb('ListListenerCertificates', { ListenerId: apps }, 'body');

    assert.equal(z.array(z.string()).parse(listener['CertificateIds']).length, 1);
    const parsed = z
      .array(z.object({ IsDefault: z.boolean(), Status: z.string() }))
      .parse(rows['Certificates']);
    assert.deepEqual(
      parsed.map((row) => row.IsDefault),
      [true, false, false],
    );
    assert.ok(parsed.every((row) => row.Status === 'Associated'));
  });

  test('CA certificates are rows of their own type', async () => {
    const all = await nlb('ListListenerCertificates', { ListenerId: mutual }, 'body');
    const ca = await nlb(
      'ListListenerCertificates',
      { ListenerId: mutual, CertType: 'Ca' },
      'body',
    );

    assert.equal(all['TotalCount'], 2);
    assert.deepEqual(ca['CertificateIds'], ['139a00604ad5f2-cn-hangzhou']);
  });

  test('pages follow one another by opaque tokens and end', async () => {
    const seen: string[] = [];
    let token: unknown;
    do {
      const page = await nlb('ListListeners', { MaxResults: 1, NextToken: token });
      seen.push(
        ...z
          .array(z.object({ ListenerId: z.string() }))
          .parse(page['Listeners'])
          .map((row) => row.ListenerId),
      );
      token = page['NextToken'];
    } while (token !== undefined);

    assert.deepEqual(seen, [front, apps, plainTcp, mutual]);
  });

  test('a token is good for the query it came from only', async () => {
    const { NextToken } = await nlb('ListListeners', { MaxResults: 1 });

    const code = await codeOf(
      nlb('ListListeners', { MaxResults: 1, NextToken, ListenerProtocol: 'TCPSSL' }),
    );

    assert.equal(code, 'IllegalParam');
  });

  for (const { what, action, fields, code } of refused) {
    test(`${what} is refused with ${code}`, async () => {
      assert.equal(await codeOf(nlb(action, fields)), code);
    });
  }

  test('a region shows its own listeners only', async () => {
    const abroad = nlbCaller(sandbox, 'ap-southeast-1');

    assert.equal((await abroad('ListListeners'))['TotalCount'], 0);
    assert.equal(
      await codeOf(abroad('GetListenerAttribute', { ListenerId: front })),
      'ResourceNotFound.listener',
    );
  });

  test('filters narrow a list down', async () => {
    assert.equal(await count('ListListeners', { ListenerProtocol: 'TCPSSL' }), 3);
    assert.equal(await count('ListListeners', { LoadBalancerIds: ['nlb-smallpartner001'] }), 1);
    assert.equal(await count('ListListeners', { Tag: [{ Key: 'env', Value: 'prod' }] }), 1);
    assert.equal(
      await count('ListLoadBalancers', { Tag: [{ Key: 'team', Value: 'partners' }] }),
      1,
    );
    assert.equal(await count('ListLoadBalancers', { LoadBalancerNames: ['web'] }), 1);
  });

  test('regions and system policies are told', async () => {
    const regions = await nlb('DescribeRegions');
    const policies = await nlb('ListSystemSecurityPolicy', {}, 'body');

    assert.equal(z.array(z.unknown()).parse(regions['Regions']).length, 2);
    const parsed = z
      .array(z.object({ SecurityPolicyId: z.string(), TlsVersion: z.string() }))
      .parse(policies['SecurityPolicies']);
    assert.deepEqual(parsed[0], {
      SecurityPolicyId: 'tls_cipher_policy_1_0',
      TlsVersion: 'TLSv1.0,TLSv1.1,TLSv1.2',
    });
  });
}
