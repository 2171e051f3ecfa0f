import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { front, jobEnd, type Nlb, nlbCaller, smallSandbox } from '../support.ts';

const web = 'nlb-smallweb0000001';

let sandbox: RunningSandbox;

let nlb: Nlb;

const filters: readonly { fields: Record<string, unknown>; found: number }[] = [
  { fields: { LoadBalancerIds: [web, 'nlb-none'] }, found: 1 },
  { fields: { LoadBalancerNames: ['web', 'partners'] }, found: 2 },
  { fields: { LoadBalancerType: 'network' }, found: 2 },
  { fields: { LoadBalancerStatus: 'Active' }, found: 2 },
  { fields: { LoadBalancerStatus: 'Inactive' }, found: 0 },
  { fields: { LoadBalancerBusinessStatus: 'Normal' }, found: 2 },
  { fields: { LoadBalancerBusinessStatus: 'Abnormal' }, found: 0 },
  { fields: { AddressType: 'Internet' }, found: 2 },
  { fields: { AddressType: 'Intranet' }, found: 0 },
  { fields: { AddressIpVersion: 'ipv4' }, found: 2 },
  { fields: { AddressIpVersion: 'DualStack' }, found: 0 },
  { fields: { Ipv6AddressType: 'Internet' }, found: 0 },
  { fields: { DNSName: `${web}.cn-hangzhou.nlb.aliyuncsslb.com` }, found: 1 },
  { fields: { DNSName: 'elsewhere.example.com' }, found: 0 },
  { fields: { ZoneId: 'cn-hangzhou-a' }, found: 2 },
  { fields: { ZoneId: 'cn-hangzhou-z' }, found: 0 },
  { fields: { VpcIds: ['vpc-cnhangzhoumain01'] }, found: 2 },
  { fields: { VpcIds: ['vpc-none'] }, found: 0 },
  { fields: { ResourceGroupId: 'rg-acfmsandbox0001' }, found: 2 },
  { fields: { ResourceGroupId: 'rg-none' }, found: 0 },
  {
    fields: {
      Tag: [
        { Key: 'env', Value: 'prod' },
        { Key: 'team', Value: 'web' },
      ],
    },
    found: 1,
  },
  { fields: { Tag: [{ Key: 'team' }] }, found: 2 },
];

const Regions = z.array(z.object({ RegionId: z.string(), LocalName: z.string() }));

const Policies = z.array(
  z.object({
    SecurityPolicyId: z.string(),
    SecurityPolicyName: z.string(),
    SecurityPolicyStatus: z.literal('Available'),
    TlsVersion: z.string(),
    Ciphers: z.string(),
    RegionId: z.literal('cn-hangzhou'),
    ResourceGroupId: z.string(),
    RelatedListeners: z.array(
      z.strictObject({
        ListenerId: z.string(),
        ListenerPort: z.number(),
        ListenerProtocol: z.literal('TCPSSL'),
        LoadBalancerId: z.string(),
      }),
    ),
    Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
  }),
);

async function policies(fields: Record<string, unknown> = {}) {
  return Policies.parse((await nlb('ListSecurityPolicy', fields))['SecurityPolicies']);
}

async function ids(fields: Record<string, unknown>) {
  return (await policies(fields)).map((each) => each.SecurityPolicyId);
}

export function moreCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  after(() => sandbox.close());

  for (const { fields, found } of filters) {
    test(`load balancers with ${JSON.stringify(fields)} are ${found}`, async () => {
      assert.equal((await nlb('ListLoadBalancers', fields))['TotalCount'], found);
    });
  }

  for (const [language, name] of [
    [undefined, 'China (Hangzhou)'],
    ['zh-CN', '华东1（杭州）'],
    ['en-US', 'China (Hangzhou)'],
    ['ja', '中国（杭州）'],
  ]) {
    test(`a region has its name in ${language ?? 'English without a language'}`, async () => {
      const reply = await nlb('DescribeRegions', { AcceptLanguage: language, ServiceCode: 'nlb' });

      const [first] = Regions.parse(reply['Regions']);
      assert.deepEqual(first, { RegionId: 'cn-hangzhou', LocalName: name });
    });
  }

  test('custom policies are listed with the listeners that use them', async () => {
    await jobEnd(
      nlb,
      await nlb('UpdateListenerAttribute', {
        ListenerId: front,
        SecurityPolicyId: 'tls-sandboxlegacy001',
      }),
    );

    const [strict, legacy] = await policies();

    assert.equal(strict?.TlsVersion, 'TLSv1.3');
    assert.equal(legacy?.TlsVersion, 'TLSv1.0,TLSv1.1,TLSv1.2,TLSv1.3');
    assert.deepEqual(legacy?.RelatedListeners, [
      {
        ListenerId: front,
        ListenerPort: 8443,
        ListenerProtocol: 'TCPSSL',
        LoadBalancerId: web,
      },
    ]);
  });

  test('custom policies are filtered and paged', async () => {
    assert.deepEqual(await ids({ SecurityPolicyNames: ['sandbox-legacy'] }), [
      'tls-sandboxlegacy001',
    ]);
    assert.deepEqual(await ids({ SecurityPolicyIds: ['tls-none'] }), []);
    assert.deepEqual(await ids({ Tag: [{ Key: 'strength', Value: 'strict' }] }), [
      'tls-sandbox13only0001',
    ]);
    assert.deepEqual(await ids({ ResourceGroupId: 'rg-none' }), []);
    const first = await nlb('ListSecurityPolicy', { MaxResults: 1 });
    assert.deepEqual(await ids({ MaxResults: 1, NextToken: first['NextToken'] }), [
      'tls-sandboxlegacy001',
    ]);
  });

  test('jobs are told in batches, with a total that is text', async () => {
    const made: unknown[] = [];
    for (const IdleTimeout of [50, 51, 52]) {
      const reply = await nlb('UpdateListenerAttribute', { ListenerId: front, IdleTimeout });
      await jobEnd(nlb, reply);
      made.push(reply['JobId']);
    }

    const told = await nlb('ListAsynJobs', { JobIds: [...made, 'none'] });

    assert.deepEqual(
      told['Jobs'],
      made.map((Id) => ({ Id, Status: 'Succeeded' })),
    );
    assert.equal(told['TotalCount'], '3');
  });
}
