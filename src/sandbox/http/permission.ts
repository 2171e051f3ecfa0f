import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './authenticate.ts';
import type { DocumentedError } from './documented.ts';
import { documentedGatewayError } from './refusals.ts';
import type { ProductApi } from './operation.ts';

/** What access management calls a product, where that is not the product's own name. */
const policyNames: Readonly<Record<string, string>> = {
  cas: 'yundun-cert',
  pca: 'yundun-cert',
};

/** The codes by which products say that a caller lacks a permission. */
const denials = ['Forbidden.NoPermission', 'Forbidden.RAM', 'NoPermission', 'AccessForbidden'];

/** Throws the refusal when a caller may not call an action. Resources and conditions are not looked at. */
export function requirePermission(
  caller: Caller,
  action: string,
  api: ProductApi,
  world: World,
): void {
  if (allowed(caller, action)) return;
  const { code, message, status } = denialOf(action, api);
  throw new ApiError(code, message, {
    status,
    fields: { AccessDeniedDetail: detailOf(caller, action, api, world) },
  });
}

function allowed(caller: Caller, action: string): boolean {
  if (caller === 'nobody') return action === 'GetCallerIdentity';
  if (caller !== 'reader') return true;
  // The reply to this one carries the private key unless the request says otherwise, and a policy cannot tell which.
  return /^(List|Get|Describe)/.test(action) && action !== 'GetUserCertificateDetail';
}

/** The action's own wording, else its product's, else the gateway's. */
function denialOf(action: string, api: ProductApi): DocumentedError {
  const own = api.errors[action] ?? [];
  const found = [...own, ...Object.values(api.errors).flat()].find(
    ({ code, status }) => status === 403 && denials.includes(code),
  );
  const general = found ?? documentedGatewayError('Forbidden.RAM');
  if (general === null) throw new Error('the gateway has no code for a missing permission');
  return general;
}

function detailOf(caller: Caller, action: string, api: ProductApi, world: World) {
  const diagnosis = `${caller} ${action} ${world.credentials.accountId}`;
  return {
    AuthAction: `${policyNames[api.product] ?? api.product}:${action}`,
    AuthPrincipalDisplayName: principalIdOf(caller),
    AuthPrincipalOwnerId: world.credentials.accountId,
    AuthPrincipalType: 'SubUser',
    EncodedDiagnosticMessage: Buffer.from(diagnosis).toString('base64'),
    NoPermissionType: 'ImplicitDeny',
    PolicyType: 'AccountLevelIdentityBasedPolicy',
  };
}

/** The number a RAM user or role has. */
export function principalIdOf(caller: Caller): string {
  const last = { account: '1', session: '1', reader: '2', nobody: '3' }[caller];
  return `21000000000000000${last}`;
}
