import { post } from '../../support.ts';
import type { Scenario, Scenarios, ScenarioStage } from '../scenario.ts';
import {
  certificateId,
  type Fields,
  newCertificates,
  nlb,
  web,
  withoutPermission,
} from './stage.ts';

const group = 'sgp-smallweb0000001';

/** A TCP listener on a free port. */
const tcp = {
  LoadBalancerId: web,
  ListenerProtocol: 'TCP',
  ListenerPort: 7000,
  ServerGroupId: group,
};
const udp = { ...tcp, ListenerProtocol: 'UDP', ServerGroupId: `${group}-udp` };
const anyPort = { ...tcp, ListenerPort: 0, ServerGroupId: `${group}-anyport` };

async function tls(stage: ScenarioStage): Promise<Fields> {
  return { ...tcp, ListenerProtocol: 'TCPSSL', CertificateIds: [await certificateId(stage)] };
}

const plain: Readonly<Record<string, Fields>> = {
  'ResourceNotFound.loadBalancer': { ...tcp, LoadBalancerId: 'nlb-none' },
  DryRunOperation: { ...tcp, DryRun: true },
  'Conflict.Port': { ...tcp, ListenerPort: 8443 },
  'MissingParam.Certificate': { ...tcp, ListenerProtocol: 'TCPSSL' },
  'MissingParam.ServerGroupId': { ...tcp, ServerGroupId: undefined },
  'MissingParam.StartPort': { ...anyPort, EndPort: 7000 },
  'MissingParam.EndPort': { ...anyPort, StartPort: 7000 },
  'ResourceNotFound.serverGroup': { ...tcp, ServerGroupId: 'sgp-none' },
  'Mismatch.VpcId': { ...tcp, ServerGroupId: `${group}-elsewhere` },
  'Mismatch.Protocol': { ...udp, ServerGroupId: group },
  IllegalParam: { ...tcp, Cps: 1_000_001 },
  'IllegalParam.Port': { ...tcp, ListenerPort: 65_536 },
  'IllegalParam.IdleTimeout': { ...udp, IdleTimeout: 21 },
  'IllegalParam.ListenerDescription': { ...tcp, ListenerDescription: 'x' },
  'IllegalParam.ServerGroupId': { ...tcp, ServerGroupId: 'rsp-none' },
  'IllegalParam.MssConflictWithUdpAndGeneve': { ...udp, Mss: 1000 },
  'IllegalParam.AnyPortListenerConflictWithNonAnyPortServerGroup': {
    ...anyPort,
    ServerGroupId: group,
    StartPort: 7000,
    EndPort: 7010,
  },
  'IllegalParam.NonAnyPortListenerConflictWithAnyPortServerGroup': {
    ...tcp,
    ServerGroupId: `${group}-anyport`,
  },
};

/** What is wrong with an otherwise good TCPSSL listener. */
const overTls: Readonly<Record<string, (stage: ScenarioStage) => Promise<Fields>>> = {
  'MissingParam.CaCertificateIds': async () => ({ CaEnabled: true }),
  'MissingParam.AlpnPolicy': async () => ({ AlpnEnabled: true }),
  'IllegalParamSize.certificateIds': async (stage) => ({
    CertificateIds: await newCertificates(stage, 2),
  }),
  'ResourceNotFound.Certificate': async () => ({ CertificateIds: ['9-cn-hangzhou'] }),
  'ResourceNotFound.CaCertificate': async () => ({ CaCertificateIds: ['none-cn-hangzhou'] }),
  'ResourceNotFound.securitypolicy': async () => ({ SecurityPolicyId: 'tls-none' }),
  'IllegalParam.PreserveClientIpSwitch': async () => ({ ServerGroupId: `${group}-clientip` }),
};

const stateful: Scenarios = {
  'Forbidden.NoPermission': withoutPermission('CreateListener', tcp),
  'IncorrectStatus.loadbalancer': async (stage) => {
    await post(stage.sandbox, '/load-balancers', { id: web, businessStatus: 'Abnormal' });
    return create(stage, tcp);
  },
  IdempotenceSignatureMismatch: async (stage) => {
    await create(stage, { ...tcp, ClientToken: 'once' });
    return create(stage, { ...tcp, ListenerPort: 7001, ClientToken: 'once' });
  },
  'DuplicatedParam.listener': async (stage) => {
    await create(stage, { ...anyPort, StartPort: 7000, EndPort: 7010 });
    return create(stage, { ...anyPort, StartPort: 7010, EndPort: 7020 });
  },
  'QuotaExceeded.nlb_quota_loadbalancer_listeners_num': async (stage) => {
    // Three are there from the beginning.
    for (let made = 3; made < 50; made += 1) {
      await create(stage, { ...tcp, ListenerPort: 7000 + made });
    }
    return create(stage, tcp);
  },
};

/** What the creation of a listener answers. */
export const createScenarios: Scenarios = Object.fromEntries([
  ...Object.entries(plain).map(([code, fields]) => named(code, (stage) => create(stage, fields))),
  ...Object.entries(overTls).map(([code, fields]) =>
    named(code, async (stage) =>
      create(stage, { ...(await tls(stage)), ...(await fields(stage)) }),
    ),
  ),
  ...Object.entries(stateful).map(([code, scenario]) => named(code, scenario)),
]);

function create(stage: ScenarioStage, fields: Fields) {
  return nlb(stage, 'CreateListener', fields);
}

function named(code: string, scenario: Scenario): [string, Scenario] {
  return [`CreateListener ${code}`, scenario];
}
