import { day, issued, left, plainCertificate, plainTls, type SeedPlan } from './plan.ts';

/** One of everything a client has to cope with, and nothing that is wrong by itself. */
export const smallSeed: SeedPlan = {
  regions: ['cn-hangzhou', 'ap-southeast-1'],
  certificates: [
    {
      ...plainCertificate,
      key: 'web',
      name: 'web-2026a',
      names: ['www.example.com', 'example.com'],
      ...left(20 * day),
    },
    {
      ...plainCertificate,
      key: 'web-next',
      name: 'web-2026b',
      names: ['www.example.com', 'example.com'],
      ...issued(2 * day),
    },
    {
      ...plainCertificate,
      key: 'portal',
      name: 'portal',
      names: ['portal.example.com'],
      ...left(55 * day),
    },
    {
      ...plainCertificate,
      key: 'static',
      name: 'static',
      names: ['static.example.com'],
      keyType: 'rsa',
      ...left(60 * day),
    },
    {
      ...plainCertificate,
      key: 'wildcard',
      name: 'apps-wildcard',
      names: ['*.apps.example.com'],
      ...left(65 * day),
    },
    {
      ...plainCertificate,
      key: 'partners',
      name: 'partners',
      names: ['partners.example.com'],
      ...left(70 * day),
    },
    {
      ...plainCertificate,
      key: 'unrelated',
      name: 'intranet',
      names: ['intranet.example.org'],
      ...left(80 * day),
    },
    {
      ...plainCertificate,
      key: 'expired',
      name: 'old-upload',
      names: ['old.example.com'],
      origin: 'uploaded',
      ...left(-10 * day),
    },
  ],
  loadBalancers: [
    {
      id: 'nlb-smallweb0000001',
      name: 'web',
      region: 'cn-hangzhou',
      zones: ['cn-hangzhou-a', 'cn-hangzhou-b'],
      tags: [
        { key: 'env', value: 'prod' },
        { key: 'team', value: 'web' },
      ],
      listeners: [
        {
          ...plainTls,
          id: 'lsn-smallweb0000001@8443',
          port: 8443,
          description: 'web/front-door',
          certificate: 'web',
          tags: [{ key: 'env', value: 'prod' }],
        },
        {
          ...plainTls,
          id: 'lsn-smallweb0000002@9443',
          port: 9443,
          description: 'web/portal-and-apps',
          certificate: 'portal',
          additional: ['static', 'wildcard'],
          alpn: 'HTTP2Preferred',
        },
        {
          protocol: 'TCP',
          id: 'lsn-smallweb0000003@8080',
          port: 8080,
          description: 'web/plain-redirect',
          tags: [],
        },
      ],
    },
    {
      id: 'nlb-smallpartner001',
      name: 'partners',
      region: 'cn-hangzhou',
      zones: ['cn-hangzhou-a', 'cn-hangzhou-b'],
      tags: [
        { key: 'env', value: 'prod' },
        { key: 'team', value: 'partners' },
      ],
      listeners: [
        {
          ...plainTls,
          id: 'lsn-smallpartner001@8443',
          port: 8443,
          description: 'partners/mutual-tls',
          certificate: 'partners',
          clientAuth: true,
          policy: 'tls_cipher_policy_1_2',
        },
      ],
    },
  ],
};
