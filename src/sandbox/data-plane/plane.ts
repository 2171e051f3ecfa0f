import { isDeepStrictEqual } from 'node:util';
import type { Listener, ListenerChange } from '../nlb/model.ts';
import type { World } from '../world.ts';
import type { AddressBlock } from './addresses.ts';
import { ServingPoint } from './point.ts';
import { type Served, servedBy } from './served.ts';

/** The live side of the sandbox: one serving point for every zone address of every TCPSSL listener that is not stopped. */
export class DataPlane {
  readonly #world: World;
  readonly #block: AddressBlock;
  readonly #dial: Map<string, string>;
  readonly #points = new Map<string, readonly ServingPoint[]>();
  /** What each listener's zones were last told to serve. */
  readonly #told = new Map<string, Served>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  /** `dial` is filled with where addresses really are, when that is elsewhere; it outlives a reset. */
  constructor(world: World, block: AddressBlock, dial: Map<string, string>) {
    this.#world = world;
    this.#block = block;
    this.#dial = dial;
  }

  /** Opens what the seed holds, then follows every change. */
  async start(): Promise<void> {
    const { balancing, faults } = this.#world;
    await Promise.all(balancing.listeners().map((listener) => this.#open(listener)));
    balancing.watch((change) => this.#follow(change));
    faults.watch(() => this.#refresh());
  }

  points(listenerId: string): readonly ServingPoint[] {
    return this.#points.get(listenerId) ?? [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#points.values()].flat().map((point) => point.close()));
  }

  #follow({ before, after }: ListenerChange): void {
    if (after === null) this.#shut(before?.id ?? '');
    else if (after.status === 'Stopped') this.#shut(after.id);
    else if (this.#points.has(after.id)) this.#tell(after);
    else if (after.status === 'Running') this.#open(after).catch(() => this.#shut(after.id));
  }

  async #open(listener: Listener): Promise<void> {
    const loadBalancer = this.#world.balancing.loadBalancer(listener.loadBalancerId);
    const served = servedBy(listener, this.#world.sites, null);
    if (loadBalancer === null || served === null || listener.status === 'Stopped') return;
    const points = loadBalancer.zones.flatMap((zone) =>
      [zone.publicAddress, zone.privateAddress]
        .filter((address) => address !== null)
        .map(
          (address) =>
            new ServingPoint(
              { listenerId: listener.id, zone: zone.id, address, port: listener.port },
              this.#world.faults,
            ),
        ),
    );
    this.#points.set(listener.id, points);
    this.#told.set(listener.id, served);
    for (const point of points) point.apply(served);
    await Promise.all(points.map((point) => this.#listen(point)));
  }

  async #listen(point: ServingPoint): Promise<void> {
    const { address, port } = point.place;
    const key = `${address}:${port}`;
    const wanted = this.#block.bindAt(address, port);
    const before = this.#dial.get(key)?.split(':')[1];
    const actual = await point.listen(
      wanted.host,
      before === undefined ? wanted.port : Number(before),
    );
    if (wanted.host !== address) this.#dial.set(key, `${wanted.host}:${actual}`);
    if (this.#closed) await point.close();
  }

  /** Each zone takes over after its own delay. */
  #tell(listener: Listener): void {
    const points = this.points(listener.id);
    const told = this.#told.get(listener.id) ?? null;
    const served = servedBy(listener, this.#world.sites, told);
    if (served === null || isDeepStrictEqual(served, told)) return;
    this.#told.set(listener.id, served);
    for (const point of points) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        point.apply(served);
      }, this.#world.settings.propagationMillis(point.place.zone));
      this.#timers.add(timer);
    }
  }

  #shut(listenerId: string): void {
    const points = this.points(listenerId);
    this.#points.delete(listenerId);
    this.#told.delete(listenerId);
    for (const point of points) point.close().catch(() => undefined);
  }

  #refresh(): void {
    for (const point of [...this.#points.values()].flat()) point.refresh();
  }
}
