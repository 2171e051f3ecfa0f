import type { SiteName } from '../cas/site.ts';
import { siteOfRegion } from '../cas/site.ts';
import { certificatesOf, type SiteCertificates } from './large-certificates.ts';
import { loadBalancerOf, type Place, type Wardrobe } from './large-listeners.ts';
import type { PlannedLoadBalancer, SeedPlan } from './plan.ts';
import { type Random, randomFrom } from './random.ts';

/** What the regions have. The two mainland ones bind certificates of one site, the third those of its own. */
const places: readonly (Place & { readonly loadBalancers: number })[] = [
  { region: 'cn-hangzhou', zones: zones('cn-hangzhou-', 'bghijk'), loadBalancers: 100 },
  { region: 'cn-shanghai', zones: zones('cn-shanghai-', 'befgl'), loadBalancers: 60 },
  { region: 'ap-southeast-1', zones: zones('ap-southeast-1', 'abc'), loadBalancers: 40 },
];

const certificateCounts: Readonly<Record<SiteName, number>> = {
  'cn-hangzhou': 960,
  'ap-southeast-1': 240,
};

/** TLS listeners of a load balancer, on average. */
const average = 25;

const teams = [
  'storefront',
  'payments',
  'identity',
  'search',
  'logistics',
  'partners',
  'media',
  'data',
  'mobile',
  'support',
  'billing',
  'platform',
] as const;

/**
 * The account of a company with many teams: 5,000 TLS listeners and a few others on 200 load balancers, with 1,200
 * certificates of all ages and kinds. Nothing in it differs between two runs but keys, serial numbers and the time.
 */
export function largeSeed(): SeedPlan {
  const random = randomFrom(20_220_430);
  const sites = {
    'cn-hangzhou': certificatesOf('cn-hangzhou', certificateCounts['cn-hangzhou'], teams, random),
    'ap-southeast-1': certificatesOf(
      'ap-southeast-1',
      certificateCounts['ap-southeast-1'],
      teams,
      random,
    ),
  };
  const wardrobes = {
    'cn-hangzhou': wardrobesOf(sites['cn-hangzhou']),
    'ap-southeast-1': wardrobesOf(sites['ap-southeast-1']),
  };
  const sizes = sizesOf(random);
  const loadBalancers = places.flatMap((place) =>
    Array.from({ length: place.loadBalancers }, (_, number): PlannedLoadBalancer => {
      const team = teams[number % teams.length] ?? 'platform';
      const wardrobe = wardrobes[siteOfRegion(place.region)].get(team);
      if (wardrobe === undefined) throw new Error(`${team} has no certificates`);
      return loadBalancerOf(
        { team, number, size: sizes.shift() ?? average },
        place,
        wardrobe,
        random,
      );
    }),
  );
  return {
    regions: places.map(({ region }) => region),
    certificates: Object.values(sites).flatMap(({ all }) => all),
    loadBalancers,
  };
}

function wardrobesOf({ bound }: SiteCertificates): ReadonlyMap<string, Wardrobe> {
  return new Map([...bound].map(([team, keys]) => [team, { keys, worn: 0 }]));
}

/** For each load balancer how many TLS listeners it has: 2 to 48, and the average over every two of them. */
function sizesOf(random: Random): number[] {
  const pairs = places.reduce((sum, { loadBalancers }) => sum + loadBalancers, 0) / 2;
  return Array.from({ length: pairs }, () => {
    const off = random.below(average - 1) * (random.chance(0.5) ? 1 : -1);
    return [average + off, average - off];
  }).flat();
}

function zones(prefix: string, letters: string): readonly string[] {
  return letters.split('').map((letter) => `${prefix}${letter}`);
}
