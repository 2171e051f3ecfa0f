import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { products } from '../../../src/sandbox/products.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  balancer,
  count,
  id,
  job,
  listed,
  listener,
  paged,
  policy,
  related,
  text,
  told,
  withoutTls,
  withTls,
  yes,
  zonesWith,
} from '../load-balancing-shapes.ts';
import {
  apps,
  certificate,
  front,
  jobEnd,
  mutual,
  type Nlb,
  nlbCaller,
  plainTcp,
  type Reply,
  smallSandbox,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

interface Expected {
  readonly shape: z.ZodType;
  readonly fields?: () => Promise<Reply> | Reply;
}

const changed = async () =>
  settled(nlb('UpdateListenerAttribute', { ListenerId: apps, IdleTimeout: 60 }));

/** Every operation of load balancing; those that change something come in an order in which each can. */
const loadBalancing: Readonly<Record<string, Expected>> = {
  DescribeRegions: {
    shape: z.strictObject({
      ...id,
      Regions: z
        .array(z.strictObject({ RegionId: text, LocalName: text, RegionEndpoint: text }))
        .min(2),
    }),
  },
  ListLoadBalancers: {
    shape: z.strictObject({
      ...paged,
      LoadBalancers: z
        .array(
          z.strictObject({
            ...balancer,
            LoadBalancerType: z.literal('Network'),
            ZoneMappings: zonesWith({}),
            Tags: listed,
          }),
        )
        .min(2),
    }),
  },
  GetLoadBalancerAttribute: {
    fields: () => ({ LoadBalancerId: 'nlb-smallweb0000001' }),
    shape: z.strictObject({
      ...id,
      ...balancer,
      Cps: count,
      LoadBalancerType: z.literal('network'),
      ZoneMappings: zonesWith({
        Ipv4LocalAddresses: z.array(text),
        Ipv6LocalAddresses: z.array(text),
      }),
      Tags: told.min(1),
    }),
  },
  ListListeners: {
    shape: z.strictObject({
      ...paged,
      Listeners: z
        .array(
          z.union([
            z.strictObject({
              ...listener,
              ...withTls,
              ListenerProtocol: z.literal('TCPSSL'),
              Tags: listed,
            }),
            z.strictObject({
              ...listener,
              ...withoutTls,
              ListenerProtocol: z.literal('TCP'),
              Tags: listed,
            }),
          ]),
        )
        .length(4),
    }),
  },
  GetListenerAttribute: {
    fields: () => ({ ListenerId: front }),
    shape: z.strictObject({ ...id, ...listener, ...withTls, Tags: told.min(1) }),
  },
  ListListenerCertificates: {
    fields: () => ({ ListenerId: mutual }),
    shape: z.strictObject({
      ...paged,
      CertificateIds: z.array(text).length(2),
      Certificates: z
        .array(
          z.strictObject({
            CertificateId: text,
            CertificateType: z.enum(['Server', 'Ca']),
            IsDefault: yes,
            Status: z.literal('Associated'),
          }),
        )
        .length(2),
    }),
  },
  GetListenerHealthStatus: {
    fields: () => ({ ListenerId: front }),
    shape: z.strictObject({
      ...paged,
      ListenerHealthStatus: z
        .array(
          z.strictObject({
            ListenerId: text,
            ListenerPort: count,
            ListenerProtocol: text,
            ServerGroupInfos: z
              .array(
                z.strictObject({
                  ServerGroupId: text,
                  HeathCheckEnabled: yes,
                  NonNormalServers: z.array(
                    z.strictObject({
                      ServerId: text,
                      ServerIp: text,
                      Port: count,
                      Status: text,
                      Reason: z.strictObject({ ReasonCode: text }),
                    }),
                  ),
                }),
              )
              .length(1),
          }),
        )
        .length(1),
    }),
  },
  ListSecurityPolicy: {
    shape: z.strictObject({
      ...paged,
      SecurityPolicies: z
        .array(
          z.strictObject({
            ...policy,
            SecurityPolicyStatus: z.literal('Available'),
            RegionId: text,
            ResourceGroupId: text,
            RelatedListeners: z.array(z.strictObject(related)),
            Tags: listed,
          }),
        )
        .min(1),
    }),
  },
  ListSystemSecurityPolicy: {
    shape: z.strictObject({ ...id, SecurityPolicies: z.array(z.strictObject(policy)).length(5) }),
  },
  UpdateListenerAttribute: {
    fields: () => ({ ListenerId: front, IdleTimeout: 60 }),
    shape: job,
  },
  AssociateAdditionalCertificatesWithListener: {
    fields: async () => ({
      ListenerId: front,
      AdditionalCertificateIds: [(await certificate(sandbox, 'portal')).id],
    }),
    shape: job,
  },
  DisassociateAdditionalCertificatesWithListener: {
    fields: async () => ({
      ListenerId: front,
      AdditionalCertificateIds: [(await certificate(sandbox, 'portal')).id],
    }),
    shape: job,
  },
  GetJobStatus: {
    fields: async () => ({ JobId: (await changed())['JobId'] }),
    shape: z.strictObject({ ...id, Status: z.literal('Succeeded') }),
  },
  ListAsynJobs: {
    fields: async () => ({ JobIds: [(await changed())['JobId']] }),
    shape: z.strictObject({
      ...id,
      Jobs: z.array(z.strictObject({ Id: z.uuid(), Status: z.literal('Succeeded') })).length(1),
      TotalCount: z.literal('1'),
    }),
  },
  CreateListener: {
    fields: async () => ({
      LoadBalancerId: 'nlb-smallweb0000001',
      ListenerProtocol: 'TCP',
      ListenerPort: 8081,
      ServerGroupId: (await nlb('GetListenerAttribute', { ListenerId: plainTcp }))['ServerGroupId'],
    }),
    shape: z.strictObject({ ...id, JobId: z.uuid(), ListenerId: text }),
  },
  StopListener: { fields: () => ({ ListenerId: plainTcp }), shape: job },
  StartListener: { fields: () => ({ ListenerId: plainTcp }), shape: job },
  DeleteListener: { fields: () => ({ ListenerId: plainTcp }), shape: job },
};

/** The reply, after the job it names, if it names one, has ended. */
async function settled(call: Promise<Reply>): Promise<Reply> {
  const reply = await call;
  if (reply['JobId'] !== undefined) assert.equal(await jobEnd(nlb, reply), 'Succeeded');
  return reply;
}

export function fieldsCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  after(() => sandbox.close());

  for (const [action, { fields, shape }] of Object.entries(loadBalancing)) {
    test(`${action} answers with its fields and no others`, async () => {
      const reply = await settled(nlb(action, fields === undefined ? {} : await fields()));

      const { error } = shape.safeParse(reply);
      assert.equal(error, undefined, error && z.prettifyError(error));
    });
  }

  test('no operation of load balancing is left out', () => {
    const known = products.find(({ api }) => api.product === 'nlb')?.api.operations ?? [];

    assert.deepEqual(
      known.map(({ action }) => action).toSorted(),
      Object.keys(loadBalancing).toSorted(),
    );
  });
}
