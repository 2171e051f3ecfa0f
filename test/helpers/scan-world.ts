import type { Certificate, CertificateId, StoreSite } from '../../src/domain/certificate.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import type { Observation, Probe } from '../../src/domain/observation.ts';
import type { Authorities, CloudAccount, Discovery } from '../../src/ports/listeners.ts';
import type { Log } from '../../src/ports/log.ts';
import type { ScanDeps } from '../../src/usecases/scan/deps.ts';
import { fingerprint, served, today } from './facts.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What one account answers; an error stands for the whole read. */
export interface AccountScript {
  readonly name?: string;
  readonly regions?: readonly string[] | null;
  /** What the cloud answers when asked for its regions. */
  readonly listsRegions?: readonly string[] | Error;
  readonly discovers?: Readonly<Record<string, readonly (Discovery | ListenerState | Error)[]>>;
  /** A later reading of one listener; left out: as discovered. */
  readonly reads?: (state: ListenerState | undefined) => ListenerState | null | Error | undefined;
  readonly lists?: Partial<Record<StoreSite, readonly Certificate[] | Error>>;
  readonly resolves?: (id: CertificateId) => Certificate | null | Error;
  readonly authorities?: (ids: readonly CertificateId[]) => Authorities;
}

/** A denied call as the cloud's adapter tells it. */
export function denied(action: string): NewleafError {
  return new NewleafError('cloud.denied', `calling ${action} was denied`, {
    fields: { action, cloudCode: 'Forbidden.RAM' },
  });
}

/** Accounts, a prober and a store in memory, and what was asked of them. */
export class ScanWorld {
  readonly clock = new VirtualClock(today);
  readonly calls: string[] = [];
  readonly probes: Probe[] = [];
  readonly warnings: unknown[] = [];
  inventory: Inventory = emptyInventory;
  saves = 0;
  namesPerListener = 30;
  /** What an endpoint serves; the second argument counts the looks at this endpoint and name, from 1. */
  serves: (probe: Probe, look: number) => Observation = () =>
    served({ leaf: { fingerprint256: fingerprint('101-cn-hangzhou') } });
  readonly #looks = new Map<string, number>();
  readonly #accounts: readonly CloudAccount[];

  constructor(...scripts: readonly AccountScript[]) {
    this.#accounts = scripts.map((script) => this.#account(script));
  }

  deps(): ScanDeps {
    const log: Log = {
      debug: () => {},
      info: () => {},
      warn: (fields) => this.warnings.push(fields),
      error: () => {},
    };
    return {
      accounts: this.#accounts,
      clock: this.clock,
      log,
      secondLookAfter: 10_000,
      namesPerListener: this.namesPerListener,
      caReplacements: () => [],
      book: {
        read: async () => this.inventory,
        save: async (inventory) => {
          this.inventory = inventory;
          this.saves += 1;
        },
      },
      prober: {
        perLoadBalancerPerSecond: null,
        reaches: ({ network }) => network === 'public',
        observe: async (probe) => this.#observe(probe),
      },
    };
  }

  #observe(probe: Probe): Observation {
    this.probes.push(probe);
    const cell = `${probe.endpoint.address} ${probe.serverName ?? ''}`;
    const look = (this.#looks.get(cell) ?? 0) + 1;
    this.#looks.set(cell, look);
    return this.serves(probe, look);
  }

  #account(script: AccountScript): CloudAccount {
    const { name = 'main', regions = ['cn-hangzhou'], discovers = {}, lists = {} } = script;
    const { calls } = this;
    const states = Object.values(discovers)
      .flat()
      .flatMap((item) => ('ref' in item ? [item] : []));
    return {
      name,
      regions,
      listeners: {
        account: name,
        product: 'nlb',
        limits: { idsPerCall: 15, additionalPerLoadBalancer: 25, defaults: 1 },
        discover: async function* (region) {
          calls.push(`discover ${name} ${region}`);
          for (const item of discovers[region] ?? []) {
            if (item instanceof Error) throw item;
            yield 'ref' in item ? { kind: 'listener', state: item } : item;
          }
        },
        read: async (ref) => {
          calls.push(`read ${ref.listenerId}`);
          const state = states.find((each) => listenerKey(each.ref) === listenerKey(ref));
          const answer = script.reads === undefined ? state : script.reads(state);
          if (answer instanceof Error) throw answer;
          return answer ?? null;
        },
        regions: async () => {
          const answer = script.listsRegions ?? [];
          if (answer instanceof Error) throw answer;
          return answer;
        },
        skewMs: () => null,
      },
      writer: {
        start: async () => Promise.reject(new Error('a scan writes nothing')),
        progress: async () => Promise.reject(new Error('a scan writes nothing')),
      },
      stores: (site) => ({
        account: name,
        site,
        list: async function* () {
          calls.push(`list ${name} ${site}`);
          const rows = lists[site] ?? [];
          if (rows instanceof Error) throw rows;
          yield* rows;
        },
        resolve: async (id) => {
          calls.push(`resolve ${id}`);
          const answer = script.resolves?.(id) ?? null;
          if (answer instanceof Error) throw answer;
          return answer;
        },
        authorities: async (ids) => {
          if (ids.length > 0) calls.push(`authorities ${ids.join(' ')}`);
          return script.authorities?.(ids) ?? { certificates: [], missing: [] };
        },
      }),
      identity: async () => ({ accountId: '1', arn: 'acs:ram::1:root' }),
      tryActions: async () => [],
    };
  }
}
