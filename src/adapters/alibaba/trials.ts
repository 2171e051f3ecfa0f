import cas from '@alicloud/cas20200407';
import { siteOfRegion } from '../../domain/certificate.ts';
import type { ActionTrial, TrialOptions } from '../../ports/listeners.ts';
import { readPrivateAuthorities, readRepositoryAuthorities } from './authority-replies.ts';
import type { Caller } from './call.ts';
import {
  type CertificateDetail,
  readCertificateDetail,
  readCertificateOrders,
} from './cas-replies.ts';
import type { CasClient, Clients } from './clients.ts';
import {
  AssociateAdditionalCertificatesWithListenerRequest,
  DescribeRegionsRequest,
  DisassociateAdditionalCertificatesWithListenerRequest,
  GetJobStatusRequest,
  GetListenerAttributeRequest,
  GetLoadBalancerAttributeRequest,
  ListAsynJobsRequest,
  ListListenerCertificatesRequest,
  ListListenersRequest,
  ListLoadBalancersRequest,
  ListSecurityPolicyRequest,
  UpdateListenerAttributeRequest,
} from './nlb-models.ts';
import {
  type ListenerFacts,
  readCertificateRows,
  readJobStatus,
  readJobs,
  readListener,
  readListeners,
  readLoadBalancer,
  readLoadBalancers,
  readRegions,
  readStarted,
  readTlsPolicies,
} from './nlb-replies.ts';
import type { Reply } from './replies.ts';
import { type Attempt, type Reader, Trials } from './trial-runner.ts';

interface Parts {
  readonly clients: Clients;
  readonly caller: Caller;
}

/** No job has this id: being told so shows that asking is allowed. */
const noSuchJob = 'newleaf-doctor-no-such-job';

/** Tries every action once, the reads before what needs their answers. See `CloudAccount.tryActions`. */
export async function tryActions(
  parts: Parts,
  options: TrialOptions,
  signal: AbortSignal,
): Promise<readonly ActionTrial[]> {
  const nlb = new Trials(parts.caller, { region: options.region, prefix: 'nlb' }, signal);
  const site = siteOfRegion(options.region);
  const store = new Trials(parts.caller, { region: site, prefix: 'yundun-cert' }, signal);
  const listener = await tryReads(nlb, parts.clients, options);
  await tryListenerReads(nlb, parts.clients, options, listener);
  await tryWrites(nlb, parts.clients, options, listener);
  await tryJobs(nlb, parts.clients, options);
  await tryStore(store, parts.clients, options, listener);
  return [...nlb.results, ...store.results];
}

/** The listings; the first TCPSSL listener that holds a certificate, to try the rest on. */
async function tryReads(
  trials: Trials,
  clients: Clients,
  { region }: TrialOptions,
): Promise<ListenerFacts | null> {
  const client = clients.nlb(region);
  await trials.try({
    action: 'DescribeRegions',
    send: () => client.describeRegions(new DescribeRegionsRequest({ serviceCode: 'nlb' })),
    read: readRegions,
  });
  await trials.try({
    action: 'ListLoadBalancers',
    send: () => client.listLoadBalancers(new ListLoadBalancersRequest({ maxResults: 1 })),
    read: readLoadBalancers,
  });
  await trials.try({
    action: 'ListSecurityPolicy',
    send: () => client.listSecurityPolicy(new ListSecurityPolicyRequest({ maxResults: 1 })),
    read: readTlsPolicies,
  });
  const request = new ListListenersRequest({ listenerProtocol: 'TCPSSL', maxResults: 100 });
  const listed = await trials.try({
    action: 'ListListeners',
    send: () => client.listListeners(request),
    read: readListeners,
  });
  const listeners = listed?.rows ?? [];
  return listeners.find((row) => row.certificateIds.length > 0) ?? listeners[0] ?? null;
}

async function tryListenerReads(
  trials: Trials,
  clients: Clients,
  { region }: TrialOptions,
  listener: ListenerFacts | null,
): Promise<void> {
  const client = clients.nlb(region);
  const on = <T>(action: string, read: Reader<T>, ask: (on: ListenerFacts) => Promise<Reply>) =>
    trials.try<T>(
      listener === null
        ? { action, skip: noListener(region) }
        : { action, send: () => ask(listener), read },
    );
  await on('GetLoadBalancerAttribute', readLoadBalancer, ({ loadBalancerId }) =>
    client.getLoadBalancerAttribute(new GetLoadBalancerAttributeRequest({ loadBalancerId })),
  );
  await on('GetListenerAttribute', readListener, ({ listenerId }) =>
    client.getListenerAttribute(new GetListenerAttributeRequest({ listenerId })),
  );
  await on('ListListenerCertificates', readCertificateRows, ({ listenerId }) =>
    client.listListenerCertificates(
      new ListListenerCertificatesRequest({ listenerId, maxResults: 1 }),
    ),
  );
}

/**
 * Dry runs, and so chosen that a server which did not heed the flag would change nothing either: the listener is given the
 * certificate it has, is asked to add its default certificate, which is bound already, and to take away that same one, which
 * is no additional certificate.
 */
async function tryWrites(
  trials: Trials,
  clients: Clients,
  { region, writes }: TrialOptions,
  listener: ListenerFacts | null,
): Promise<void> {
  const client = clients.nlb(region);
  const [id] = listener?.certificateIds ?? [];
  const on = (action: string, write: (on: ListenerFacts, bound: string) => Promise<Reply>) => {
    if (!writes) return trials.try({ action, skip: observing });
    if (listener === null || id === undefined)
      return trials.try({ action, skip: noListener(region) });
    const send = () => write(listener, id);
    return trials.try({ action, send, read: readStarted, dryRun: true });
  };
  await on('UpdateListenerAttribute', ({ listenerId, caEnabled }, bound) => {
    const clientAuth = caEnabled === null ? {} : { caEnabled };
    const fields = { listenerId, certificateIds: [bound], ...clientAuth };
    return client.updateListenerAttribute(new UpdateListenerAttributeRequest(asDryRun(fields)));
  });
  await on('AssociateAdditionalCertificatesWithListener', ({ listenerId }, bound) => {
    const fields = asDryRun({ listenerId, additionalCertificateIds: [bound] });
    return client.associateAdditionalCertificatesWithListener(
      new AssociateAdditionalCertificatesWithListenerRequest(fields),
    );
  });
  await on('DisassociateAdditionalCertificatesWithListener', ({ listenerId }, bound) => {
    const fields = asDryRun({ listenerId, additionalCertificateIds: [bound] });
    return client.disassociateAdditionalCertificatesWithListener(
      new DisassociateAdditionalCertificatesWithListenerRequest(fields),
    );
  });
}

/** Only whoever rotates asks about jobs. */
async function tryJobs(
  trials: Trials,
  clients: Clients,
  { region, writes }: TrialOptions,
): Promise<void> {
  const client = clients.nlb(region);
  const ask = <T>(action: string, read: Reader<T>, send: () => Promise<Reply>) =>
    trials.try<T>(writes ? { action, send, read } : { action, skip: observing });
  await ask('GetJobStatus', readJobStatus, () =>
    client.getJobStatus(new GetJobStatusRequest({ jobId: noSuchJob })),
  );
  await ask('ListAsynJobs', readJobs, () =>
    client.listAsynJobs(new ListAsynJobsRequest({ jobIds: [noSuchJob] })),
  );
}

async function tryStore(
  trials: Trials,
  clients: Clients,
  { region, details }: TrialOptions,
  listener: ListenerFacts | null,
): Promise<void> {
  const client = clients.cas(siteOfRegion(region));
  const listing = { orderType: 'UPLOAD', currentPage: 1, showSize: 10 };
  const listed = await trials.try({
    action: 'ListUserCertificateOrder',
    send: () => client.listUserCertificateOrder(new cas.ListUserCertificateOrderRequest(listing)),
    read: readCertificateOrders,
  });
  const row = listed?.rows.find(({ certificateId }) => certificateId !== null);
  await trials.try({
    action: 'DescribeCACertificateList',
    send: () =>
      clients.pca(siteOfRegion(region)).describeCACertificateList({ currentPage: 1, showSize: 1 }),
    read: readPrivateAuthorities,
  });
  await trials.try({
    action: 'ListCert',
    send: () => client.listCert(new cas.ListCertRequest({ certType: 'CA', showSize: 1 })),
    read: readRepositoryAuthorities,
  });
  const certId = numberIn(row?.certificateId ?? listener?.certificateIds[0] ?? '');
  await trials.try(details ? detailOf(client, certId) : { action: detail, skip: observing });
}

const detail = 'GetUserCertificateDetail';

function detailOf(client: CasClient, certId: number | null): Attempt<CertificateDetail> {
  if (certId === null) return { action: detail, skip: 'there is no certificate to ask for' };
  // Without the filter the reply holds the private key.
  const request = new cas.GetUserCertificateDetailRequest({ certId, certFilter: true });
  const send = () => client.getUserCertificateDetail(request);
  return { action: detail, send, read: readCertificateDetail };
}

/** The models name what rotations send; no rotation is ever a dry run. */
function asDryRun<Fields extends object>(fields: Fields): Fields & { readonly dryRun: true } {
  return { ...fields, dryRun: true };
}

const observing = 'every policy observes, so it is never called';

function noListener(region: string): string {
  return `no TCPSSL listener in ${region} to try it on`;
}

function numberIn(id: string): number | null {
  const digits = /^(?<number>\d{1,15})(-|$)/.exec(id)?.groups?.['number'];
  return digits === undefined ? null : Number(digits);
}
