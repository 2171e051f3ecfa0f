import type { Caller } from './call.ts';
import type { Clients } from './clients.ts';
import {
  DescribeRegionsRequest,
  GetListenerAttributeRequest,
  GetLoadBalancerAttributeRequest,
  ListListenerCertificatesRequest,
  ListListenersRequest,
  ListLoadBalancersRequest,
  ListSecurityPolicyRequest,
} from './nlb-models.ts';
import {
  type CertificateRow,
  type ListenerFacts,
  type LoadBalancerFacts,
  readCertificateRows,
  readListener,
  readListeners,
  readLoadBalancer,
  readLoadBalancers,
  readRegions,
  readTlsPolicies,
  type TlsPolicyFacts,
} from './nlb-replies.ts';
import { allPages } from './paging.ts';
import type { Page } from './replies.ts';

/** The most rows the operations give at once; certificates have a limit of their own. */
const rowsPerPage = 100;
const certificatesPerPage = 50;

/**
 * The reading operations of NLB, with all pages, in our words. The least that the API allows for everything bound in a region is one
 * call for a hundred load balancers, one for a hundred listeners, and one a listener: no operation shows additional certificates
 * of several listeners, and one page of fifty rows holds the 27 that a listener can have (1 default, 1 CA, 25 additional).
 */
export class NlbReader {
  readonly #clients: Clients;
  readonly #caller: Caller;

  constructor(clients: Clients, caller: Caller) {
    this.#clients = clients;
    this.#caller = caller;
  }

  async regions(region: string, signal: AbortSignal): Promise<readonly string[]> {
    const client = this.#clients.nlb(region);
    return this.#caller.call(
      {
        kind: 'read',
        action: 'DescribeRegions',
        region,
        send: () => client.describeRegions(new DescribeRegionsRequest({ serviceCode: 'nlb' })),
        read: readRegions,
      },
      signal,
    );
  }

  loadBalancers(region: string, signal: AbortSignal): AsyncIterable<Page<LoadBalancerFacts>> {
    const client = this.#clients.nlb(region);
    const call = { kind: 'read', action: 'ListLoadBalancers', region } as const;
    return allPages(call, (nextToken) => {
      const request = new ListLoadBalancersRequest({ maxResults: rowsPerPage, nextToken });
      const send = () => client.listLoadBalancers(request);
      return this.#caller.call({ ...call, send, read: readLoadBalancers }, signal);
    });
  }

  async loadBalancer(
    region: string,
    loadBalancerId: string,
    signal: AbortSignal,
  ): Promise<LoadBalancerFacts> {
    const client = this.#clients.nlb(region);
    const request = new GetLoadBalancerAttributeRequest({ loadBalancerId });
    return this.#caller.call(
      {
        kind: 'read',
        action: 'GetLoadBalancerAttribute',
        region,
        send: () => client.getLoadBalancerAttribute(request),
        read: readLoadBalancer,
      },
      signal,
    );
  }

  /** The TCPSSL listeners of up to 20 load balancers. */
  tlsListeners(
    region: string,
    loadBalancerIds: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<Page<ListenerFacts>> {
    const client = this.#clients.nlb(region);
    const call = { kind: 'read', action: 'ListListeners', region } as const;
    return allPages(call, (nextToken) => {
      const request = new ListListenersRequest({
        loadBalancerIds,
        listenerProtocol: 'TCPSSL',
        maxResults: rowsPerPage,
        nextToken,
      });
      const send = () => client.listListeners(request);
      return this.#caller.call({ ...call, send, read: readListeners }, signal);
    });
  }

  async listener(region: string, listenerId: string, signal: AbortSignal): Promise<ListenerFacts> {
    const client = this.#clients.nlb(region);
    const request = new GetListenerAttributeRequest({ listenerId });
    return this.#caller.call(
      {
        kind: 'read',
        action: 'GetListenerAttribute',
        region,
        send: () => client.getListenerAttribute(request),
        read: readListener,
      },
      signal,
    );
  }

  /** Up to 20 custom TLS policies by id; those that are no more are left out. */
  async tlsPolicies(
    region: string,
    securityPolicyIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly TlsPolicyFacts[]> {
    const client = this.#clients.nlb(region);
    const request = new ListSecurityPolicyRequest({ securityPolicyIds, maxResults: rowsPerPage });
    return this.#caller.call(
      {
        kind: 'read',
        action: 'ListSecurityPolicy',
        region,
        send: () => client.listSecurityPolicy(request),
        read: readTlsPolicies,
      },
      signal,
    );
  }

  /** Server and CA certificates alike: without `CertType` the operation shows every slot. */
  certificateRows(
    region: string,
    listenerId: string,
    signal: AbortSignal,
  ): AsyncIterable<Page<CertificateRow>> {
    const client = this.#clients.nlb(region);
    const call = { kind: 'read', action: 'ListListenerCertificates', region } as const;
    return allPages(call, (nextToken) => {
      const request = new ListListenerCertificatesRequest({
        listenerId,
        maxResults: certificatesPerPage,
        nextToken,
      });
      const send = () => client.listListenerCertificates(request);
      return this.#caller.call({ ...call, send, read: readCertificateRows }, signal);
    });
  }
}
