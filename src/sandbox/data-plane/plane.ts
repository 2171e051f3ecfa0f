import { isDeepStrictEqual } from 'node:util';
import type { Listener, ListenerChange, ListenerStatus, Zone } from '../nlb/model.ts';
import type { World } from '../world.ts';
import type { AddressBlock } from './addresses.ts';
import { type PointParts, ServingPoint } from './point.ts';
import { ZonePorts } from './ports.ts';
import { type Served, servedBy } from './served.ts';
import { TlsServers } from './tls-server.ts';
import { WrongNames } from './wrong-name.ts';

/** One listener as the network sees it. */
interface Front {
  readonly points: readonly ServingPoint[];
  /** What its zones were last told to serve. */
  readonly told: Served;
}

/** The live side of the sandbox: one serving point for every zone address of every TCPSSL listener that is not stopped. */
export class DataPlane {
  readonly #world: World;
  readonly #parts: PointParts;
  readonly #fronts = new Map<string, Front>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  /** `dial` is filled with where addresses really are, when that is elsewhere; it outlives a reset. */
  constructor(world: World, block: AddressBlock, dial: Map<string, string>) {
    this.#world = world;
    this.#parts = {
      faults: world.faults,
      settings: world.settings,
      ports: new ZonePorts(block, dial),
      servers: new TlsServers(),
      wrongNames: new WrongNames(world),
    };
  }

  /** Opens what the seed holds, then follows every change. Rejects, with nothing left open, when a port cannot be opened. */
  async start(): Promise<void> {
    try {
      await this.#openAll();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#watch();
  }

  async #openAll(): Promise<void> {
    const listeners = this.#world.balancing.listeners();
    for (const listener of listeners) this.#found(listener);
    this.#parts.ports.makeRoomFor(this.#allPoints().length);
    await Promise.all(listeners.map((listener) => this.#steer(listener)));
  }

  #watch(): void {
    const { balancing, faults } = this.#world;
    balancing.watch((change) => this.#follow(change));
    balancing.watchLoadBalancers(({ id }) => {
      for (const listener of balancing.listenersOf(id)) this.#steerLater(listener);
    });
    faults.watch(() => {
      for (const point of this.#allPoints()) point.refresh();
    });
  }

  points(listenerId: string): readonly ServingPoint[] {
    return this.#fronts.get(listenerId)?.points ?? [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#allPoints().map((point) => point.keepOpen(false)));
  }

  #allPoints(): readonly ServingPoint[] {
    return [...this.#fronts.values()].flatMap((front) => front.points);
  }

  #follow({ before, after }: ListenerChange): void {
    if (this.#closed) return;
    if (after === null) return this.#forget(before?.id ?? '');
    const front = this.#fronts.get(after.id);
    if (front === undefined) this.#found(after);
    else this.#tell(after, front);
    this.#steerLater(after);
  }

  /** Makes the points of a listener, still closed. */
  #found(listener: Listener): void {
    const zones = this.#world.balancing.loadBalancer(listener.loadBalancerId)?.zones ?? [];
    const told = servedBy(listener, this.#world.sites);
    if (told === null) return;
    const points = zones.flatMap((zone) => this.#pointsOf(listener, zone));
    for (const node of points.flatMap((point) => point.nodes)) node.apply(told);
    this.#fronts.set(listener.id, { points, told });
  }

  #pointsOf({ id, port, portRange }: Listener, zone: Zone): readonly ServingPoint[] {
    // Any-port listeners are not on the network here: one would take thousands of ports of an address.
    if (portRange !== undefined || port === 0) return [];
    return [zone.publicAddress, zone.privateAddress]
      .filter((address) => address !== null)
      .map(
        (address) =>
          new ServingPoint({ listenerId: id, zone: zone.id, address, port }, this.#parts),
      );
  }

  /** Each node takes over after its zone's delay, and the second one of an address after its own too. */
  #tell(listener: Listener, front: Front): void {
    const { settings, sites } = this.#world;
    const told = servedBy(listener, sites);
    if (told === null || isDeepStrictEqual(told, front.told)) return;
    this.#fronts.set(listener.id, { ...front, told });
    for (const { nodes, place } of front.points) {
      const zoneMillis = settings.propagationMillis(place.zone);
      nodes.forEach((node, index) => {
        const nodeMillis = index * (settings.secondNodeMillis ?? 0);
        this.#later(zoneMillis + nodeMillis, () => node.apply(told));
      });
    }
  }

  #later(millis: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, millis);
    this.#timers.add(timer);
  }

  /** Opens and closes ports as the listener's and the zones' states ask for. */
  async #steer(listener: Listener): Promise<void> {
    const zones = this.#world.balancing.loadBalancer(listener.loadBalancerId)?.zones ?? [];
    const stopped = zones.filter((zone) => zone.status === 'Stopped').map((zone) => zone.id);
    await Promise.all(
      this.points(listener.id).map((point) =>
        point.keepOpen(answering[listener.status] && !stopped.includes(point.place.zone)),
      ),
    );
  }

  /** A port that cannot be opened stays closed, which `/state` tells; there is nobody to be told here. */
  #steerLater(listener: Listener): void {
    if (!this.#closed) this.#steer(listener).catch(() => undefined);
  }

  #forget(listenerId: string): void {
    const points = this.points(listenerId);
    this.#fronts.delete(listenerId);
    for (const point of points) point.keepOpen(false).catch(() => undefined);
  }
}

/** Whether a listener takes connections. A new one does when it is ready, a stopped one as soon as it is started. */
const answering: Readonly<Record<ListenerStatus, boolean>> = {
  Provisioning: false,
  Running: true,
  Configuring: true,
  Stopping: true,
  Stopped: false,
  Starting: true,
  Deleting: true,
};
