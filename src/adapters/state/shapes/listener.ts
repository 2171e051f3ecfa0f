import { z } from 'zod';
import type {
  BoundCertificate,
  Endpoint,
  ListenerRef,
  ListenerState,
  Network,
  Owner,
  Product,
  Slot,
} from '../../../domain/listener.ts';
import { oneOf, variants } from './kit.ts';

export const listenerRef: z.ZodType<ListenerRef> = z.strictObject({
  account: z.string(),
  region: z.string(),
  product: oneOf<Product>({ nlb: true, alb: true }),
  loadBalancerId: z.string(),
  listenerId: z.string(),
});

export const endpoint: z.ZodType<Endpoint> = z.strictObject({
  zone: z.string(),
  address: z.string(),
  port: z.int(),
  network: oneOf<Network>({ public: true, private: true, ipv6: true }),
  vpcId: z.string().nullable(),
  active: z.boolean(),
});

const owner = variants<Owner>({
  cloud: z.strictObject({ kind: z.literal('cloud') }),
  kubernetes: z.strictObject({
    kind: z.literal('kubernetes'),
    cluster: z.string().nullable(),
    service: z.string().nullable(),
  }),
  tag: z.strictObject({ kind: z.literal('tag'), tag: z.string() }),
});

const boundCertificate: z.ZodType<BoundCertificate> = z.strictObject({
  slot: oneOf<Slot>({ default: true, additional: true, ca: true }),
  id: z.string(),
  state: oneOf<BoundCertificate['state']>({ bound: true, binding: true, unbinding: true }),
});

export const listenerState: z.ZodType<ListenerState> = z.strictObject({
  ref: listenerRef,
  version: z.string(),
  status: oneOf<ListenerState['status']>({
    running: true,
    changing: true,
    stopped: true,
    gone: true,
  }),
  owner,
  bound: z.array(boundCertificate),
  clientAuth: z.boolean(),
  tlsPolicy: z.string(),
  tlsVersions: z.array(z.string()).optional(),
  alpn: z.array(z.string()),
  endpoints: z.array(endpoint),
  port: z.int(),
  description: z.string(),
  loadBalancerName: z.string(),
  vpcId: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
});
