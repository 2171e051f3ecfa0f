import { type SiteName, siteOfRegion } from '../cas/site.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call } from '../http/operation.ts';
import type { Listener } from './model.ts';

/** The listener of this region, or the 404 the API answers. */
export function requireListener(id: string, call: Call): Listener {
  const found = call.world.balancing.listener(id);
  if (found?.region === call.region) return found;
  throw new ApiError(
    'ResourceNotFound.listener',
    'The specified resource of listener is not found.',
    {
      status: 404,
    },
  );
}

export function requireTls(listener: Listener): void {
  if (listener.protocol === 'TCPSSL') return;
  throw new ApiError(
    'OperationDenied.Protocol',
    `The operation is not allowed because of the protocol ${listener.protocol} of the listener.`,
  );
}

/** A load balancer sees the certificates of one site only: those of the other are not found. */
export function requireCertificates(ids: readonly string[], call: Call): void {
  const site = call.world.sites[siteFor(call)];
  if (ids.every((id) => site.find(id) !== null)) return;
  throw new ApiError(
    'ResourceNotFound.Certificate',
    'The specified resource of certificate is not found.',
  );
}

export function requireCaCertificates(ids: readonly string[], call: Call): void {
  const site = call.world.sites[siteFor(call)];
  if (ids.every((id) => site.findCa(id) !== null)) return;
  throw new ApiError(
    'ResourceNotFound.CaCertificate',
    'The specified resource of CaCertificate is not found.',
    {
      status: 404,
    },
  );
}

function siteFor(call: Call): SiteName {
  return siteOfRegion(call.region);
}
