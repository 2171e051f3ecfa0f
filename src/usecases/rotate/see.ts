import type { Certificate, CertificateId } from '../../domain/certificate.ts';
import { siteOfRegion } from '../../domain/certificate.ts';
import { idsIn, type Endpoint, type ListenerState } from '../../domain/listener.ts';
import type { CaChange, Change } from '../../domain/expectation.ts';
import { identitiesFor } from '../../domain/identity.ts';
import { cellsOf, clientCells, orderOf } from '../../domain/matrix.ts';
import { type RotationPlan, slotsOf } from '../../domain/plan.ts';
import type { Rules } from '../../domain/rules.ts';
import { sightOf, type Cell, type Matrix, type SeenCell } from '../../domain/verification.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { Prober } from '../../ports/prober.ts';

/** The handshakes that a rotation of this listener must agree on, and the endpoints nobody here can see. */
export interface Field {
  readonly cells: readonly Cell[];
  /** `zone address:port` of endpoints in zones none of whose addresses is in the vantage. */
  readonly blind: readonly string[];
  /** The names that other server certificates of the listener answer for. */
  readonly otherNames: readonly string[];
}

/** What a field is drawn up from. */
export interface Ground {
  readonly cloud: CloudAccount;
  readonly prober: Prober;
  readonly rules: () => Pick<Rules, 'identities'>;
}

/** Every name of every server certificate on the listener, old and new, at every endpoint we can reach. */
export async function fieldOf(
  ground: Ground,
  state: ListenerState,
  plan: RotationPlan,
  signal: AbortSignal,
): Promise<Field> {
  const touched = slotsOf(plan);
  const pair = touched.every((slot) => slot === 'ca') ? [] : [plan.from, plan.to];
  const ids = new Set([...idsIn(state, 'default'), ...idsIn(state, 'additional')]);
  for (const { id } of pair) ids.delete(id);
  const found = await Promise.all([...ids].map((id) => factsOf(ground.cloud, state, id, signal)));
  const others = found.filter((facts) => facts !== null);
  const seen = state.endpoints.filter((endpoint) => ground.prober.reaches(endpoint));
  // A zone's addresses all lead to the same interface: seeing one of them is seeing the zone.
  const zones = new Set(seen.map(({ zone }) => zone));
  const blind = state.endpoints.filter(({ zone }) => !zones.has(zone));
  const clients = touched.includes('ca') ? identitiesFor(ground.rules(), state.ref) : null;
  return {
    cells: [
      ...cellsOf(seen, [...pair, ...others]),
      ...(clients === null ? [] : clientCells(seen, clients, newestToAsk(state))),
    ],
    blind: blind.map(endpointName),
    otherNames: others.flatMap(({ names }) => names),
  };
}

/** TLS 1.2 tells more of client authentication, where the listener still speaks it. */
function newestToAsk({ tlsVersions }: ListenerState): Cell['newest'] {
  const isOnly13 = tlsVersions?.every((version) => version === 'TLSv1.3') ?? false;
  return isOnly13 ? undefined : 'TLSv1.2';
}

/** Whom a round looks at, and the how manieth it is; left out, the first. */
type Looked = Pick<ListenerState, 'ref' | 'alpn'> & { readonly round?: number };

/** One round: a fresh handshake for every cell. What was seen comes in the order of the cells, however they were asked. */
export async function look(
  prober: Prober,
  cells: readonly Cell[],
  { ref, alpn, round = 0 }: Looked,
  signal: AbortSignal,
): Promise<Matrix> {
  const ask = async (cell: Cell): Promise<SeenCell> => {
    const { endpoint, serverName, keyType, newest } = cell;
    const client = typeof cell.client === 'string' ? { name: cell.client } : null;
    const { loadBalancerId } = ref;
    const wish = { endpoint, serverName, keyType, newest, client, loadBalancerId, alpn };
    const observation = await prober.observe({ ...wish, isProof: true }, signal);
    return { cell, sight: sightOf(observation) };
  };
  const seen = new Map<number, SeenCell>();
  await Promise.all(
    orderOf(cells, round).map(async (at) => {
      const cell = cells[at];
      if (cell !== undefined) seen.set(at, await ask(cell));
    }),
  );
  return cells.flatMap((_cell, at) => seen.get(at) ?? []);
}

/** What the plan changes for whoever connects. The planner only lets server certificates with known leaves through. */
export function changeOf(plan: Pick<RotationPlan, 'from' | 'to' | 'steps'>): Change | null {
  const isServer = slotsOf(plan).some((slot) => slot !== 'ca');
  // No endpoint shows a CA certificate as its leaf, so whatever names it does.
  const leaf = ({ fingerprint256, id }: Certificate): string | null =>
    fingerprint256 ?? (isServer ? null : id);
  const [from, to] = [leaf(plan.from), leaf(plan.to)];
  if (from === null || to === null) return null;
  return {
    old: { fingerprint256: from, keyType: plan.from.keyType, names: plan.from.names },
    new: { fingerprint256: to, keyType: plan.to.keyType, names: plan.to.names },
  };
}

/** What the plan changes for clients that present a certificate; null when it leaves the CA slot alone. */
export function caChangeOf(
  plan: RotationPlan,
  { identities }: Pick<Rules, 'identities'>,
): CaChange | null {
  if (!slotsOf(plan).includes('ca')) return null;
  const mayLose = identities.filter((identity) => identity.mayLose).map(({ name }) => name);
  return { old: plan.from.label, new: plan.to.label, mayLose };
}

function endpointName(endpoint: Endpoint): string {
  return `${endpoint.zone} ${endpoint.address}:${endpoint.port}`;
}

async function factsOf(
  cloud: CloudAccount,
  state: ListenerState,
  id: CertificateId,
  signal: AbortSignal,
): Promise<Certificate | null> {
  return cloud.stores(siteOfRegion(state.ref.region)).resolve(id, signal);
}
