import { type CertificateSite, siteOfRegion } from '../cas/site.ts';
import type { Call } from '../http/operation.ts';
import type { Listener, LoadBalancer } from './model.ts';
import { refused } from './refusals.ts';

/** The listener of this region as it is, or the 404 the API answers. Writes act on it. */
export function requireListener(id: string, call: Call): Listener {
  return ofRegion(call.world.balancing.listener(id), call);
}

/** The listener as reads show it, which may be behind. */
export function requireSeenListener(id: string, call: Call): Listener {
  return ofRegion(call.world.balancing.seen().listener(id), call);
}

function ofRegion(listener: Listener | null, call: Call): Listener {
  if (listener?.region === call.region) return listener;
  throw refused('ResourceNotFound.listener');
}

export function requireLoadBalancer(id: string, call: Call): LoadBalancer {
  const found = call.world.balancing.loadBalancer(id);
  if (found?.region === call.region) return found;
  throw refused('ResourceNotFound.loadBalancer');
}

/** A load balancer that is changed, locked or gone takes no writes; that `Abnormal` counts as locked is not documented. */
export function requireActive(id: string, call: Call): LoadBalancer {
  const found = requireLoadBalancer(id, call);
  if (found.status === 'Active' && found.businessStatus === 'Normal') return found;
  throw refused('IncorrectStatus.loadbalancer', id);
}

export function requireTls(listener: Listener): void {
  if (listener.protocol !== 'TCPSSL') throw refused('OperationDenied.Protocol');
}

/** A load balancer sees the certificates of one site only: those of the other are not found. */
export function requireCertificates(ids: readonly string[], call: Call): void {
  const site = siteFor(call);
  if (ids.some((id) => site.find(id) === null)) throw refused('ResourceNotFound.Certificate');
}

export function requireCaCertificates(ids: readonly string[], call: Call): void {
  const site = siteFor(call);
  if (ids.some((id) => site.findCa(id) === null)) throw refused('ResourceNotFound.CaCertificate');
}

function siteFor(call: Call): CertificateSite {
  return call.world.sites[siteOfRegion(call.region)];
}
