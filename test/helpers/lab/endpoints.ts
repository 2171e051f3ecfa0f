import { covers, type Certificate } from '../../../src/domain/certificate.ts';
import type { Observation, Probe } from '../../../src/domain/observation.ts';
import type { RecordedSlots } from '../../../src/domain/plan.ts';
import { failed, served } from '../facts.ts';
import type { LabCloud } from './cloud.ts';
import { zones } from './cloud.ts';
import { leafOf, type Stock } from './shapes.ts';

/** What goes wrong at the endpoints. */
export interface EndpointFaults {
  /** The second zone serves what was bound so many milliseconds ago; `Infinity`: what was bound at the start. */
  readonly zoneLag?: number;
  /** The new leaf comes without its intermediate. */
  readonly untrusted?: boolean;
  /** The new leaf does not answer for the name. */
  readonly misnamed?: boolean;
  /** The new CA certificate does not vouch for the client identity. */
  readonly strangeCa?: boolean;
}

export const identity = 'probe';

/** Serves what is bound: the default certificate to who names no server, additional ones by name, clients by the CA. */
export class LabEndpoints {
  readonly #cloud: LabCloud;
  readonly #stock: Stock;
  readonly #faults: EndpointFaults;
  readonly #byId: ReadonlyMap<string, Certificate>;
  /** Equal looks at equal slots show the same, and there are thousands of them. */
  readonly #known = new WeakMap<RecordedSlots, Map<string, Observation>>();

  constructor(cloud: LabCloud, stock: Stock, faults: EndpointFaults) {
    this.#cloud = cloud;
    this.#stock = stock;
    this.#faults = faults;
    const all: readonly Certificate[] = Object.values(stock);
    this.#byId = new Map(all.map((certificate) => [certificate.id, certificate]));
  }

  observe(probe: Probe): Observation {
    const { zoneLag = 0 } = this.#faults;
    const lags = probe.endpoint.zone === zones[1] && zoneLag > 0;
    const slots = lags ? this.#cloud.slotsBefore(zoneLag) : this.#cloud.slots;
    return this.serve(slots, probe);
  }

  /** What a handshake sees where these slots are in force. */
  serve(slots: RecordedSlots, probe: Probe): Observation {
    const { serverName, keyType, client, endpoint } = probe;
    const key = `${endpoint.zone} ${serverName} ${keyType} ${client?.name}`;
    const known = this.#known.get(slots) ?? new Map<string, Observation>();
    this.#known.set(slots, known);
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const shown = this.#shown(this.#answering(slots, serverName, endpoint.zone), slots, probe);
    known.set(key, shown);
    return shown;
  }

  /** Where several additional certificates cover a name, one zone prefers the first and the other the last. */
  #answering(
    slots: RecordedSlots,
    serverName: string | null,
    zone: string,
  ): Certificate | undefined {
    const called =
      serverName === null ? [] : slots.additional.filter((id) => this.#covers(id, serverName));
    const id = (zone === zones[0] ? called.at(0) : called.at(-1)) ?? slots.default[0];
    return this.#byId.get(id ?? '');
  }

  #covers(id: string, serverName: string): boolean {
    const certificate = this.#byId.get(id);
    return certificate !== undefined && covers(certificate, serverName);
  }

  #shown(certificate: Certificate | undefined, slots: RecordedSlots, probe: Probe): Observation {
    if (certificate === undefined) return failed('handshake-failed');
    if (probe.keyType === 'ecdsa') return failed('no-common-parameters');
    const { serverName } = probe;
    const isFresh = certificate.id === this.#stock.fresh.id;
    const isTrusted = !(isFresh && this.#faults.untrusted === true);
    const isNamed = !(isFresh && this.#faults.misnamed === true);
    return served({
      leaf: { fingerprint256: leafOf(certificate) },
      trust: isTrusted
        ? { verdict: 'trusted' }
        : { verdict: 'untrusted', reason: 'incomplete-chain', detail: 'no issuer was sent' },
      nameCovered: serverName === null ? null : isNamed && covers(certificate, serverName),
      ...this.#clientAuth(slots, probe),
    });
  }

  #clientAuth(
    slots: RecordedSlots,
    { client }: Probe,
  ): Pick<Extract<Observation, { kind: 'served' }>, 'clientAuth' | 'caNames'> {
    if (!slots.clientAuth) return { clientAuth: 'none', caNames: null };
    const authority = this.#byId.get(slots.ca[0] ?? '');
    const caNames = authority === undefined ? [] : [`CN=${authority.label}`];
    const isAccepted = client !== null && !this.#turnsAway(authority);
    return { clientAuth: isAccepted ? 'requested' : 'required', caNames };
  }

  /** Somebody else's CA knows nobody of ours; the new one knows who the old one knew, unless it is the wrong one. */
  #turnsAway(authority: Certificate | undefined): boolean {
    const { freshCa, fresh, foreign } = this.#stock;
    const isNew = authority?.id === freshCa.id || authority?.id === fresh.id;
    return authority?.id === foreign.id || (isNew && this.#faults.strangeCa === true);
  }
}
