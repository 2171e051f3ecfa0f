import type { Certificate, CertificateId } from '../../domain/certificate.ts';
import { siteOfRegion } from '../../domain/certificate.ts';
import { idsIn, type Endpoint, type ListenerState } from '../../domain/listener.ts';
import { cellsOf, type Change } from '../../domain/matrix.ts';
import type { RotationPlan } from '../../domain/plan.ts';
import { sightOf, type Cell, type Matrix } from '../../domain/verification.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { Prober } from '../../ports/prober.ts';

/** The handshakes that a rotation of this listener must agree on, and the endpoints nobody here can see. */
export interface Field {
  readonly cells: readonly Cell[];
  /** `zone address:port` of endpoints in zones none of whose addresses is in the vantage. */
  readonly blind: readonly string[];
}

/** Every name of every server certificate on the listener, old and new, at every endpoint we can reach. */
export async function fieldOf(
  parts: { readonly cloud: CloudAccount; readonly prober: Prober },
  state: ListenerState,
  plan: RotationPlan,
  signal: AbortSignal,
): Promise<Field> {
  const ids = new Set([...idsIn(state, 'default'), ...idsIn(state, 'additional')]);
  ids.delete(plan.from.id);
  ids.delete(plan.to.id);
  const others = await Promise.all([...ids].map((id) => factsOf(parts.cloud, state, id, signal)));
  const certificates = [plan.from, plan.to, ...others.filter((facts) => facts !== null)];
  const seen = state.endpoints.filter((endpoint) => parts.prober.reaches(endpoint));
  // A zone's addresses all lead to the same interface: seeing one of them is seeing the zone.
  const zones = new Set(seen.map(({ zone }) => zone));
  const blind = state.endpoints.filter(({ zone }) => !zones.has(zone));
  return { cells: cellsOf(seen, certificates), blind: blind.map(endpointName) };
}

/** One round: a fresh handshake for every cell, in the order of the cells. */
export async function look(
  prober: Prober,
  cells: readonly Cell[],
  { ref, alpn }: Pick<ListenerState, 'ref' | 'alpn'>,
  signal: AbortSignal,
): Promise<Matrix> {
  return Promise.all(
    cells.map(async (cell) => {
      const { loadBalancerId } = ref;
      const probe = { ...cell, loadBalancerId, client: null, alpn, isProof: true };
      const observation = await prober.observe(probe, signal);
      return { cell, sight: sightOf(observation) };
    }),
  );
}

/** What the plan changes for whoever connects. The planner only lets certificates with known leaves through. */
export function changeOf(plan: RotationPlan): Change | null {
  const { from, to } = plan;
  if (from.fingerprint256 === null || to.fingerprint256 === null) return null;
  return {
    old: { fingerprint256: from.fingerprint256, keyType: from.keyType },
    new: { fingerprint256: to.fingerprint256, keyType: to.keyType },
  };
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
