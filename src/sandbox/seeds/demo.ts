import {
  day,
  hour,
  issued,
  left,
  type PlannedLoadBalancer,
  plainCertificate,
  plainTls,
  type SeedPlan,
} from './plan.ts';

/**
 * Four listeners at four ages. Two have a good renewal; the renewal of the API was uploaded without its intermediate, which
 * no list shows and every handshake does; the legacy one expired and nobody renewed it.
 */
export const demoSeed: SeedPlan = {
  regions: ['cn-hangzhou', 'ap-southeast-1'],
  certificates: [
    {
      ...plainCertificate,
      key: 'shop',
      name: 'shop-2026a',
      names: ['shop.example.com', 'www.shop.example.com'],
      ...left(29 * day),
    },
    {
      ...plainCertificate,
      key: 'shop-next',
      name: 'shop-2026b',
      names: ['shop.example.com', 'www.shop.example.com'],
      ...issued(2 * day),
    },
    {
      ...plainCertificate,
      key: 'api',
      name: 'api-2026a',
      names: ['api.example.com'],
      ...left(6 * day),
    },
    {
      ...plainCertificate,
      key: 'api-next',
      name: 'api-2026b',
      names: ['api.example.com'],
      origin: 'uploaded',
      chain: 'leaf-only',
      ...issued(day),
    },
    {
      ...plainCertificate,
      key: 'pay',
      name: 'pay-2026a',
      names: ['pay.example.com', 'checkout.example.com'],
      ...left(20 * hour),
    },
    {
      ...plainCertificate,
      key: 'pay-next',
      name: 'pay-2026b',
      names: ['pay.example.com', 'checkout.example.com'],
      ...issued(3 * hour),
    },
    {
      ...plainCertificate,
      key: 'legacy',
      name: 'legacy-2025',
      names: ['legacy.example.com'],
      origin: 'uploaded',
      ...left(-3 * hour),
    },
  ],
  loadBalancers: [
    balancer('shop', 8443, 'storefront'),
    balancer('api', 9443, 'platform'),
    balancer('pay', 10443, 'payments'),
    balancer('legacy', 11443, 'platform'),
  ],
};

function balancer(service: string, port: number, team: string): PlannedLoadBalancer {
  const tags = [
    { key: 'env', value: 'prod' },
    { key: 'team', value: team },
  ];
  return {
    id: `nlb-demo${service}00001`,
    name: service,
    region: 'cn-hangzhou',
    zones: ['cn-hangzhou-a', 'cn-hangzhou-b'],
    tags,
    listeners: [
      {
        ...plainTls,
        id: `lsn-demo${service}00001@${port}`,
        port,
        description: `${service}/https`,
        certificate: service,
        tags,
      },
    ],
  };
}
