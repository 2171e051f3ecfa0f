import type { SiteName } from '../cas/site.ts';
import { day, hour, type PlannedCertificate } from './plan.ts';
import type { Random } from './random.ts';

export interface SiteCertificates {
  /** Oldest first, as a store numbers them. */
  readonly all: readonly PlannedCertificate[];
  /** Keys of those that listeners hold, by team; the first of a team is its wildcard, which most of its listeners have. */
  readonly bound: ReadonlyMap<string, readonly string[]>;
}

/** Of all certificates of a site: what was replaced and is still there, and what is there to replace others. */
const [spentShare, renewalShare] = [1 / 15, 1 / 10];
/** Of the bound ones. Every other of those about to end has a renewal. */
const [expiredShare, endingShare] = [0.03, 0.24];

/** Plans `count` certificates for one site. */
export function certificatesOf(
  site: SiteName,
  count: number,
  teams: readonly string[],
  random: Random,
): SiteCertificates {
  const [spent, renewals] = [Math.round(count * spentShare), Math.round(count * renewalShare)];
  const services = Array.from({ length: count - spent - renewals }, (_, number) =>
    serviceOf(number, teams, random),
  );
  const current = services.map((service, number) =>
    planned(service, { site, series: 'b', ...ageOf(number, services.length, random) }),
  );
  const ending = current.filter(({ endsIn }) => endsIn > 0 && endsIn <= 31 * day);
  return {
    all: [
      ...current,
      ...ending
        .filter((_, number) => number % 2 === 0)
        .slice(0, renewals)
        .map((each) => renewalOf(each, random)),
      ...current.slice(0, spent).map((each) => spentBefore(each, random)),
    ].toSorted((one, other) => one.startsIn - other.startsIn),
    bound: byTeam(services, current),
  };
}

interface Service extends Pick<PlannedCertificate, 'names' | 'keyType' | 'origin' | 'issuer'> {
  readonly team: string;
  readonly label: string;
}

const subjects = ['orders', 'cart', 'login', 'feed', 'quotes', 'track', 'cms', 'upload'] as const;
const parts = ['web', 'api', 'admin', 'hooks', 'cdn', 'events'] as const;

/** The services of the teams take turns; the first of each team is the wildcard for all that has no certificate of its own. */
function serviceOf(number: number, teams: readonly string[], random: Random): Service {
  const team = teams[number % teams.length] ?? '';
  const turn = Math.floor(number / teams.length);
  const subject = subjects[turn % subjects.length] ?? '';
  const part = parts[Math.floor(turn / subjects.length) % parts.length] ?? '';
  const label = turn === 0 ? 'wildcard' : `${subject}-${part}-${turn}`;
  return {
    team,
    label,
    names: turn === 0 ? [`*.${team}.example.com`] : namesOf(`${label}.${team}`, random),
    keyType: random.chance(0.35) ? 'rsa' : 'ecdsa',
    origin: random.chance(0.3) ? 'uploaded' : 'issued',
    issuer: random.chance(0.2) ? 'other' : 'main',
  };
}

/** One name, a wildcard with its bare name, a handful, or as many as are put into one certificate. */
function namesOf(label: string, random: Random): readonly string[] {
  const name = `${label}.example.com`;
  const kind = random.below(20);
  if (kind < 12) return [name];
  if (kind < 15) return [`*.${name}`, name];
  const count = kind < 19 ? 1 + random.below(7) : 40;
  return [name, ...Array.from({ length: count }, (_, index) => `s${index + 1}.${name}`)];
}

interface Age {
  readonly startsIn: number;
  readonly endsIn: number;
}

/**
 * The expired, those with 1 to 30 whole days left in turn, and the rest, spread over the teams; so that of the first ones,
 * which the most listeners hold, some are about to end and none has expired.
 */
function ageOf(number: number, count: number, random: Random): Age {
  const mixed = (number * 7 + Math.round(count * 0.22)) % count;
  const expired = Math.round(count * expiredShare);
  const ending = expired + Math.round(count * endingShare);
  if (mixed < expired) return until(-(1 + random.below(60)) * day, random);
  if (mixed < ending)
    return until((1 + (mixed % 30)) * day + random.below(20) * hour + hour, random);
  return until((31 + random.below(160)) * day + hour, random);
}

/** Lifetimes as authorities give them today and gave them before. */
const lifetimes = [90 * day, 199 * day, 397 * day] as const;

function until(endsIn: number, random: Random): Age {
  const lifetime = random.pick(lifetimes.filter((life) => life > endsIn + day));
  return { startsIn: endsIn - lifetime, endsIn };
}

function planned(
  { team, label, ...service }: Service,
  { site, series, ...age }: Age & { readonly site: SiteName; readonly series: string },
): PlannedCertificate {
  const name = `${team}-${label}-${series}`;
  return { ...service, ...age, site, name, key: `${site} ${name}`, chain: 'full' };
}

/** Issued in the last three weeks. A few came without their intermediate, or lost a name on the way. */
function renewalOf(old: PlannedCertificate, random: Random): PlannedCertificate {
  const startsIn = -(1 + random.below(20)) * day;
  const fresh = { ...successive(old, 'c'), startsIn, endsIn: startsIn + 199 * day };
  switch (random.below(20)) {
    case 0:
      return { ...fresh, chain: 'leaf-only', origin: 'uploaded' };
    case 1:
      return { ...fresh, names: fresh.names.slice(0, Math.max(1, fresh.names.length - 1)) };
    default:
      return fresh;
  }
}

/** What the current one replaced, and nobody deleted. */
function spentBefore(current: PlannedCertificate, random: Random): PlannedCertificate {
  const endsIn = Math.min(current.startsIn + 10 * day, -day);
  return { ...successive(current, 'a'), ...until(endsIn, random) };
}

function successive(other: PlannedCertificate, series: string): PlannedCertificate {
  const name = `${other.name.slice(0, -1)}${series}`;
  return { ...other, name, key: `${other.site} ${name}` };
}

function byTeam(
  services: readonly Service[],
  current: readonly PlannedCertificate[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  services.forEach(({ team }, number) => {
    const keys = found.get(team) ?? [];
    found.set(team, keys);
    keys.push(current[number]?.key ?? '');
  });
  return found;
}
