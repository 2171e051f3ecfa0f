import { z } from 'zod';
import type { Bound } from '../domain/bound.ts';
import type { Missing, ServedAt } from '../domain/inventory.ts';
import type { ListenerState } from '../domain/listener.ts';
import type { Observation } from '../domain/observation.ts';
import { namingOf, namingShape } from './naming.ts';

const CellDocument = z.strictObject({
  zone: z.string(),
  /** `address:port` as clients know it. */
  address: z.string(),
  /** Null: no SNI. For an endpoint outside the vantage the names are not told one by one. */
  serverName: z.string().nullable(),
  /** False for a zone that has left DNS. */
  active: z.boolean(),
  state: z.enum(['as-bound', 'differs', 'unreachable', 'unjudged', 'not-in-vantage']),
  certificateId: z.string().nullable(),
  fingerprint256: z.string().nullable(),
  notAfter: z.iso.datetime().nullable(),
  protocol: z.string().nullable(),
  error: z.string().nullable(),
  /** The command that shows the same. */
  openssl: z.string(),
});

const BoundDocument = z.strictObject({
  slot: z.enum(['default', 'additional', 'ca']),
  state: z.enum(['bound', 'binding', 'unbinding']),
  certificateId: z.string(),
  fingerprint256: z.string().nullable(),
  names: z.array(z.string()),
  notAfter: z.iso.datetime().nullable(),
});

/** What `verify --json` prints. */
export const VerifyDocument = z.strictObject({
  account: z.string(),
  region: z.string(),
  product: z.enum(['nlb', 'alb']),
  loadBalancerId: z.string(),
  ...namingShape,
  listenerId: z.string(),
  status: z.enum(['running', 'changing', 'stopped', 'gone']),
  /** Everything in vantage was looked at and serves what is bound. */
  asBound: z.boolean(),
  bound: z.array(BoundDocument),
  cells: z.array(CellDocument),
  missing: z.array(z.strictObject({ region: z.string(), action: z.string(), code: z.string() })),
});
export type VerifyDocument = z.infer<typeof VerifyDocument>;

interface Verified {
  readonly listener: ListenerState;
  readonly bound: readonly Bound[];
  readonly cells: readonly {
    readonly look: ServedAt;
    readonly state: z.infer<typeof CellDocument>['state'];
    readonly active: boolean;
  }[];
  readonly missing: readonly Missing[];
  readonly asBound: boolean;
}

/** `dial`: `host:port` that is connected to instead of another, so that the printed commands work here too. */
export function verifyDocument(
  verified: Verified,
  dial: Readonly<Record<string, string>>,
): VerifyDocument {
  const { listener, bound, cells, missing, asBound } = verified;
  const { account, region, product, loadBalancerId, listenerId } = listener.ref;
  return {
    account,
    region,
    product,
    loadBalancerId,
    ...namingOf(listener),
    listenerId,
    status: listener.status,
    asBound,
    bound: bound.map(boundDocument),
    cells: cells.map((cell) => cellDocument(cell, bound, dial)),
    missing: missing.map(({ region: where, action, code }) => ({ region: where, action, code })),
  };
}

function boundDocument({ row, certificate }: Bound): VerifyDocument['bound'][number] {
  return {
    slot: row.slot,
    state: row.state,
    certificateId: row.id,
    fingerprint256: certificate?.fingerprint256 ?? null,
    names: [...(certificate?.names ?? [])],
    notAfter: certificate?.notAfter?.toISOString() ?? null,
  };
}

function cellDocument(
  { look, state, active }: Verified['cells'][number],
  bound: readonly Bound[],
  dial: Readonly<Record<string, string>>,
): VerifyDocument['cells'][number] {
  const { zone, serverName, observation } = look;
  const host = look.address.includes(':') ? `[${look.address}]` : look.address;
  const address = `${host}:${look.port}`;
  const where = { zone, address, serverName, active, state };
  return {
    ...where,
    ...seen(observation, bound),
    openssl: openssl(dial[address] ?? address, serverName),
  };
}

type Seen = 'certificateId' | 'fingerprint256' | 'notAfter' | 'protocol' | 'error';

function seen(
  observation: Observation,
  bound: readonly Bound[],
): Pick<z.infer<typeof CellDocument>, Seen> {
  if (observation.kind === 'failed') {
    const nothing = { certificateId: null, fingerprint256: null, notAfter: null, protocol: null };
    return { ...nothing, error: observation.reason };
  }
  const { leaf, protocol } = observation;
  const { fingerprint256, notAfter } = leaf;
  return {
    certificateId: idOf(bound, fingerprint256),
    fingerprint256,
    notAfter: notAfter.toISOString(),
    protocol,
    error: null,
  };
}

/** Which of the bound certificates it is; null for any other. */
function idOf(bound: readonly Bound[], fingerprint256: string): string | null {
  const found = bound.find(({ certificate }) => certificate?.fingerprint256 === fingerprint256);
  return found?.row.id ?? null;
}

function openssl(target: string, serverName: string | null): string {
  const name = serverName === null ? '-noservername' : `-servername ${quoted(serverName)}`;
  return `openssl s_client -connect ${target} ${name} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`;
}

/** Names come from certificates, and people paste the line into a shell. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
