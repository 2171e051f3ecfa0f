import type { Slot } from '../../src/domain/listener.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { post } from '../sandbox/support.ts';
import type { LabOptions } from './rotation-lab.ts';

/** A slot of a listener of the seed `small`, and how to make a rotation of it possible. */
export interface SlotCase {
  readonly slot: Slot;
  readonly listener: string;
  /** A certificate that somebody else could put there. */
  readonly third: string;
  readonly prepare: (sandbox: RunningSandbox) => Promise<Prepared>;
}

/** The certificate that goes, the one that comes, and what newleaf must be configured with. */
interface Prepared {
  readonly from: string;
  readonly to: string;
  readonly config: NonNullable<LabOptions['config']>;
}

export const frontDoor = 'lsn-smallweb0000001@8443';
export const portal = 'lsn-smallweb0000002@9443';
export const partners = 'lsn-smallpartner001@8443';

const intranet = '15230007-cn-hangzhou';

/** A private CA, the root above it, and one that has nothing to do with them. */
export const cas = {
  issuing: '1ef79512-569b-6a4e-9105-9b9147350001-cn-hangzhou',
  root: '160ae6bb538d538c70c01f81dcf20001-cn-hangzhou',
  unrelated: '139a00604ad5f2-cn-hangzhou',
} as const;

export const slotCases = {
  default: {
    slot: 'default',
    listener: frontDoor,
    third: intranet,
    prepare: async () => ({
      from: '15230001-cn-hangzhou',
      to: '15230002-cn-hangzhou',
      config: {},
    }),
  },
  additional: {
    slot: 'additional',
    listener: portal,
    third: intranet,
    prepare: async (sandbox) => ({
      from: '15230005-cn-hangzhou',
      to: await issue(sandbox, { names: ['*.apps.example.com'] }),
      config: {},
    }),
  },
  ca: {
    slot: 'ca',
    listener: partners,
    third: cas.unrelated,
    prepare: async (sandbox) => {
      await bindCa(sandbox, cas.issuing);
      const config = {
        clientIdentities: [await identityOf(sandbox, 'robot')],
        caReplacements: [{ from: cas.issuing, to: cas.root }],
      };
      return { from: cas.issuing, to: cas.root, config };
    },
  },
} as const satisfies Record<Slot, SlotCase>;

/** Orders a certificate into the store; its id. */
export async function issue(sandbox: RunningSandbox, wanted: object): Promise<string> {
  const { status, body } = await post(sandbox, '/certificates', { notAfterDays: 200, ...wanted });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return String(body['id']);
}

/** Somebody puts this CA certificate into the slot of the partners' listener. */
export async function bindCa(sandbox: RunningSandbox, certificateId: string): Promise<void> {
  await order(sandbox, { kind: 'rebind', listenerId: partners, slot: 'ca', certificateId });
}

/** A client identity as the configuration names it. */
export type ConfiguredIdentity = {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
  readonly listeners: readonly string[];
};

/** A client of the issuing CA as the configuration names one. It sends the CA along, so that the root above accepts it too. */
export async function identityOf(
  sandbox: RunningSandbox,
  name: string,
): Promise<ConfiguredIdentity> {
  const { body } = await post(sandbox, '/client-certificates', { ca: cas.issuing });
  const { certificate, key, chain } = body;
  const sent = [certificate, ...(Array.isArray(chain) ? chain : [])].join('');
  return { name, certificate: sent, key: String(key), listeners: [partners] };
}

export async function order(sandbox: RunningSandbox, fault: object): Promise<void> {
  const { status, body } = await post(sandbox, '/faults', fault);
  if (status !== 201) throw new Error(JSON.stringify(body));
}

export async function clearFaults(sandbox: RunningSandbox): Promise<void> {
  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
}

export async function reset(sandbox: RunningSandbox): Promise<void> {
  await post(sandbox, '/reset', {});
}
