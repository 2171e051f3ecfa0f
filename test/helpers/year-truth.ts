import { type Admission, emptyAdmission } from '../../src/domain/admission.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import type { Observation, Probe } from '../../src/domain/observation.ts';
import type { Planning } from '../../src/domain/planning.ts';
import { aCertificate, after, aListener, anEndpoint, days, hours, served } from './facts.ts';

/** Chance that comes out the same for the same seed (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  happens(share: number): boolean {
    return this.fraction() < share;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.between(0, list.length - 1)] ?? list[0];
  }
}

interface Rotation {
  readonly from: string;
  readonly until: Date;
  readonly goesBack: boolean;
}

/** One listener as it really is. Its second zone may still serve what was bound before. */
export interface Spot {
  readonly id: string;
  readonly site: number;
  readonly region: string;
  bound: string;
  stale: { readonly id: string; readonly until: Date } | null;
  rotation: Rotation | null;
  /** When the last rotation left it; null before the first. */
  leftAt: Date | null;
  /** Whether nobody has looked at it since. */
  unseen: boolean;
}

const regions = ['cn-hangzhou', 'cn-shanghai'] as const;
const lives = [days(12), days(47), days(90), days(200)] as const;
const zones = ['a', 'b'] as const;

/** What is really bound and served, and how it changes by chance: nothing of it depends on what newleaf knows. */
export class Truth {
  readonly certificates = new Map<string, Certificate>();
  readonly spots = new Map<string, Spot>();
  readonly #chance: Chance;
  readonly #now: () => Date;
  #made = 0;

  constructor(chance: Chance, now: () => Date, sites: number) {
    this.#chance = chance;
    this.#now = now;
    for (let site = 0; site < sites; site += 1) {
      const certificate = this.#issue(site, chance.fraction());
      const count = chance.between(1, 3);
      for (let each = 0; each < count; each += 1) this.#open(site, certificate.id);
    }
  }

  /** Renewals, rollbacks, deletions and new listeners that come to pass by now. Names the listeners whose rotation has ended. */
  pass(): readonly Spot[] {
    const ended = [...this.spots.values()].filter((spot) => this.#settle(spot));
    for (const spot of this.spots.values()) this.#mayRotate(spot);
    if (this.#chance.happens(0.01)) this.#deleteOne();
    if (this.#chance.happens(0.012)) {
      const [some] = [...this.spots.values()].toSorted(() => this.#chance.fraction() - 0.5);
      if (some !== undefined) this.#open(some.site, some.bound);
    }
    return ended;
  }

  state({ id, region, bound }: Spot): ListenerState {
    return aListener({
      ref: { region, loadBalancerId: `nlb-${id}`, listenerId: `lsn-${id}@443` },
      bound: [{ slot: 'default', id: bound, state: 'bound' }],
      endpoints: zones.map((zone, index) => anEndpoint({ zone, address: `10.0.${index}.${id}` })),
    });
  }

  /** What the zone shows: in the second one an old certificate may live on. */
  shown(spot: Spot, zone: string): string {
    const { stale, bound } = spot;
    return zone === 'b' && stale !== null && stale.until > this.#now() ? stale.id : bound;
  }

  observe({ endpoint }: Probe): Observation {
    const spot = this.spots.get(endpoint.address.split('.').at(-1) ?? '');
    const shown = spot === undefined ? '' : this.shown(spot, endpoint.zone);
    const { fingerprint256, names, notBefore, notAfter } =
      this.certificates.get(shown) ?? aCertificate();
    return served({
      at: this.#now(),
      leaf: {
        fingerprint256: fingerprint256 ?? '',
        names,
        notBefore: notBefore ?? this.#now(),
        notAfter: notAfter ?? this.#now(),
      },
    });
  }

  admission(): Admission {
    const inFlight = [...this.spots.values()].flatMap((spot) =>
      spot.rotation === null
        ? []
        : [
            {
              rotationId: `r-${spot.id}`,
              listener: listenerKey(this.state(spot).ref),
              loadBalancer: `nlb-${spot.id}`,
              candidate: '',
              policy: 'defaults',
              since: this.#now(),
            },
          ],
    );
    const left = Object.fromEntries(
      [...this.spots.values()].flatMap((spot) =>
        spot.leftAt === null ? [] : [[listenerKey(this.state(spot).ref), spot.leftAt]],
      ),
    );
    return { ...emptyAdmission, inFlight, left };
  }

  /** Whether something is planned for this certificate: for every second site it is. */
  isScheduled(id: string): boolean {
    return siteOf(id) % 2 === 0;
  }

  planning({ listeners, certificates }: Inventory): Planning {
    const facts = new Map(certificates.map(({ certificate }) => [certificate.id, certificate]));
    const plans = listeners.flatMap(({ state: { ref, bound, status } }) =>
      bound.flatMap(({ id }) => {
        const from = facts.get(id);
        if (from === undefined || status === 'gone' || !this.isScheduled(id)) return [];
        const recorded = { default: [id], additional: [], ca: [], clientAuth: false };
        const plan = { hash: id, ref, recorded, steps: [], from, to: aCertificate() };
        const when = { waitsFor: null, startsAt: new Date(0), emergency: false, canary: false };
        const said = { because: 'it ends latest', onFailure: 'it is put back', others: [] };
        return [{ plan, policy: 'defaults', mode: 'auto' as const, ...when, ...said }];
      }),
    );
    return { plans, refused: [] };
  }

  /** The certificates of one site share their name. */
  #issue(site: number, used: number): Certificate {
    this.#made += 1;
    const life = this.#chance.pick(lives);
    const notBefore = after(this.#now(), -life * used);
    const certificate = aCertificate({
      id: `${1000 + this.#made * 100 + site}-cn-hangzhou`,
      names: [`site-${site}.example.com`],
      notBefore,
      notAfter: after(notBefore, life),
    });
    this.certificates.set(certificate.id, certificate);
    return certificate;
  }

  #open(site: number, bound: string): void {
    this.#made += 1;
    const id = String(this.#made);
    const region = this.#chance.pick(regions);
    this.spots.set(id, {
      id,
      site,
      region,
      bound,
      stale: null,
      rotation: null,
      leftAt: null,
      unseen: false,
    });
  }

  #deleteOne(): void {
    const idle = [...this.spots.values()].filter(({ rotation }) => rotation === null);
    const gone = idle[this.#chance.between(0, idle.length - 1)];
    if (gone !== undefined && this.spots.size > 6) this.spots.delete(gone.id);
  }

  #settle(spot: Spot): boolean {
    const { rotation } = spot;
    if (rotation === null || rotation.until > this.#now()) return false;
    if (rotation.goesBack) spot.bound = rotation.from;
    spot.rotation = null;
    spot.leftAt = this.#now();
    spot.unseen = true;
    return true;
  }

  /** The less time is left, the likelier a renewal is; now and then nobody renews before the end. */
  #mayRotate(spot: Spot): void {
    const certificate = this.certificates.get(spot.bound);
    if (spot.rotation !== null || certificate === undefined || !this.#isRenewed(certificate))
      return;
    const now = this.#now();
    const to = this.#newest(spot.site, certificate) ?? this.#issue(spot.site, 0);
    const goesBack = this.#chance.happens(0.3);
    const until = after(now, this.#chance.between(hours(0.2), hours(12)));
    spot.rotation = { from: spot.bound, until, goesBack };
    if (this.#chance.happens(0.4)) {
      const stale = after(now, this.#chance.between(hours(1), hours(30)));
      spot.stale = { id: spot.bound, until: stale };
    }
    spot.bound = to.id;
  }

  #isRenewed({ notAfter }: Certificate): boolean {
    const left = (notAfter?.getTime() ?? 0) - this.#now().getTime();
    return left < days(25) && this.#chance.happens(left < days(2) ? 0.03 : 0.012);
  }

  #newest(site: number, than: Certificate): Certificate | undefined {
    return [...this.certificates.values()]
      .filter((each) => siteOf(each.id) === site && (each.notAfter ?? 0) > (than.notAfter ?? 0))
      .at(-1);
  }
}

/** The site that a certificate was issued for. */
export function siteOf(id: string): number {
  return Number.parseInt(id, 10) % 100;
}
