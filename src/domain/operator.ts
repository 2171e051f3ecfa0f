import type { Millis } from './certificate.ts';
import type { Freeze } from './policy.ts';
import type { ManualRequest, RequestState } from './request.ts';

/** A person's consent to one plan. It names the hash, so it dies with any change of the plan, and it expires. */
export interface Approval {
  readonly planHash: string;
  readonly listener: string;
  readonly by: string;
  readonly at: Date;
  readonly until: Date;
}

/** A freeze ordered while running, besides those of the configuration. */
export interface OrderedFreeze extends Freeze {
  /** Why, in the words of whoever ordered it. */
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

/** What people told newleaf while it runs. */
export interface OperatorState {
  readonly approvals: readonly Approval[];
  readonly freezes: readonly OrderedFreeze[];
  readonly requests: readonly ManualRequest[];
}

export const emptyOperatorState: OperatorState = { approvals: [], freezes: [], requests: [] };

/** A change of a request's state, from the kind it must still have. */
export interface RequestMove {
  readonly from: RequestState['kind'];
  readonly to: RequestState;
}

/** How long the answer to an ended request can be asked for. */
const requestMemory: Millis = 30 * 86_400_000;

/** The unexpired approval of a plan; null when nobody approved it or the approval ran out. */
export function approvalOf(
  approvals: readonly Approval[],
  planHash: string,
  now: Date,
): Approval | null {
  return approvals.find((each) => each.planHash === planHash && each.until > now) ?? null;
}

/** With this approval in place of an earlier one of the same plan. */
export function withApproval(state: OperatorState, approval: Approval): OperatorState {
  const others = state.approvals.filter(({ planHash }) => planHash !== approval.planHash);
  return { ...state, approvals: [...others, approval] };
}

/** With this freeze in place of an earlier one of the same name. */
export function withFreeze(state: OperatorState, freeze: OrderedFreeze): OperatorState {
  return { ...state, freezes: [...withoutFreeze(state, freeze.name).freezes, freeze] };
}

export function withoutFreeze(state: OperatorState, name: string): OperatorState {
  return { ...state, freezes: state.freezes.filter((freeze) => freeze.name !== name) };
}

/** With this request in place of an earlier one of the same id. */
export function withRequest(state: OperatorState, request: ManualRequest): OperatorState {
  const others = state.requests.filter(({ requestId }) => requestId !== request.requestId);
  return { ...state, requests: [...others, request] };
}

/** With each named request in its new state, but only if it still is where the change expects it. */
export function moveRequests(
  state: OperatorState,
  moves: ReadonlyMap<string, RequestMove>,
): OperatorState {
  const moved = (request: ManualRequest): ManualRequest => {
    const move = moves.get(request.requestId);
    if (move === undefined || request.state.kind !== move.from) return request;
    const deferred = move.from === 'admitted' && move.to.kind === 'open' ? 1 : 0;
    return { ...request, deferrals: request.deferrals + deferred, state: move.to };
  };
  return moves.size === 0 ? state : { ...state, requests: state.requests.map(moved) };
}

/** Without what nobody will ask for again: expired approvals, ended freezes, old answers. Requests under way always stay. */
export function withoutStale(state: OperatorState, now: Date): OperatorState {
  const remembered = ({ state: end }: ManualRequest): boolean =>
    end.kind === 'open' ||
    end.kind === 'admitted' ||
    end.at.getTime() + requestMemory > now.getTime();
  return {
    approvals: state.approvals.filter(({ until }) => until > now),
    freezes: state.freezes.filter(({ until }) => until > now),
    requests: state.requests.filter(remembered),
  };
}
