import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  certificate,
  codeOf,
  jobEnd,
  listenerState,
  type Nlb,
  nlbCaller,
  post,
  reset,
  shake,
  smallSandbox,
  stateOfSandbox,
  until,
} from '../support.ts';

const web = 'nlb-smallweb0000001';

const group = 'sgp-smallweb0000001';

const tcp = { LoadBalancerId: web, ListenerProtocol: 'TCP', ServerGroupId: group };

let sandbox: RunningSandbox;

let nlb: Nlb;

const create = (fields: Record<string, unknown>) => nlb('CreateListener', fields, 'body');

async function overTls(fields: Record<string, unknown> = {}) {
  const { id } = await certificate(sandbox, 'static');
  return create({
    ...tcp,
    ListenerProtocol: 'TCPSSL',
    ListenerPort: 7443,
    CertificateIds: [id],
    ...fields,
  });
}

export function createListenerCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a listener is Provisioning until its job is done, then it serves, and once deleted it does not', async () => {
    await post(sandbox, '/faults', { kind: 'stuck-job', action: 'CreateListener' });

    const reply = await overTls();

    const id = String(reply['ListenerId']);
    assert.match(id, /^lsn-[0-9a-z]+@7443$/);
    assert.equal((await listenerState(sandbox, id)).status, 'Provisioning');
    assert.ok((await listenerState(sandbox, id)).serving.every((each) => !each.open));
    await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
    const serving = await until(async () => {
      const running = await listenerState(sandbox, id);
      return running.serving.some((point) => point.open) ? running.serving : null;
    });
    const wanted = (await certificate(sandbox, 'static')).fingerprint256;
    for (const point of serving) assert.equal((await shake(point)).fingerprint, wanted);

    await jobEnd(nlb, await nlb('DeleteListener', { ListenerId: id }, 'body'));
    const [point] = serving;
    assert.ok(point);
    assert.equal((await shake(point)).error, 'ECONNREFUSED');
  });

  test('what is asked for is what is told, and the rest is the documented default', async () => {
    const chosen = await overTls({
      ListenerDescription: 'web/made',
      IdleTimeout: 60,
      SecurityPolicyId: 'tls-sandbox13only0001',
      CaEnabled: true,
      CaCertificateIds: ['139a00604ad5f2-cn-hangzhou'],
      AlpnEnabled: true,
      AlpnPolicy: 'HTTP2Optional',
      SecSensorEnabled: true,
      ProxyProtocolEnabled: true,
      ProxyProtocolV2Config: JSON.stringify({ Ppv2VpcIdEnabled: true }),
      Cps: 1000,
      Mss: 1400,
      Tag: [{ Key: 'env', Value: 'test' }],
    });
    const plain = await create({
      ...tcp,
      ListenerProtocol: 'UDP',
      ListenerPort: 8443,
      ServerGroupId: `${group}-udp`,
    });
    await jobEnd(nlb, chosen);
    await jobEnd(nlb, plain);

    const told = await nlb('GetListenerAttribute', { ListenerId: chosen['ListenerId'] });
    const bare = await nlb('GetListenerAttribute', { ListenerId: plain['ListenerId'] });

    const { RequestId: _request, ...fields } = told;
    assert.deepEqual(fields, {
      ListenerId: chosen['ListenerId'],
      LoadBalancerId: web,
      RegionId: 'cn-hangzhou',
      ListenerProtocol: 'TCPSSL',
      ListenerPort: 7443,
      StartPort: '0',
      EndPort: '0',
      ListenerStatus: 'Running',
      ListenerDescription: 'web/made',
      ServerGroupId: group,
      IdleTimeout: 60,
      Cps: 1000,
      Mss: 1400,
      SecSensorEnabled: true,
      ProxyProtocolEnabled: true,
      ProxyProtocolV2Config: {
        Ppv2VpcIdEnabled: true,
        Ppv2PrivateLinkEpIdEnabled: false,
        Ppv2PrivateLinkEpsIdEnabled: false,
      },
      CaEnabled: true,
      AlpnEnabled: true,
      AlpnPolicy: 'HTTP2Optional',
      SecurityPolicyId: 'tls-sandbox13only0001',
      CertificateIds: [(await certificate(sandbox, 'static')).id],
      CaCertificateIds: ['139a00604ad5f2-cn-hangzhou'],
      Tags: [{ TagKey: 'env', TagValue: 'test' }],
    });
    assert.equal(bare['IdleTimeout'], 20);
    assert.deepEqual(bare['CertificateIds'], []);
  });

  test('TLS settings have no effect on a listener that does not end TLS', async () => {
    const reply = await create({ ...tcp, ListenerPort: 7000, CertificateIds: ['9-cn-hangzhou'] });
    await jobEnd(nlb, reply);

    const told = await nlb('GetListenerAttribute', { ListenerId: reply['ListenerId'] });

    assert.deepEqual(told['CertificateIds'], []);
  });

  test('an any-port listener tells its range, and a single port inside it is in its way', async () => {
    const range = { ...tcp, ServerGroupId: `${group}-anyport`, ListenerPort: 0 };

    const reply = await create({ ...range, StartPort: 7000, EndPort: 7999 });

    await jobEnd(nlb, reply);
    const told = await nlb('GetListenerAttribute', { ListenerId: reply['ListenerId'] });
    assert.deepEqual(
      [told['ListenerPort'], told['StartPort'], told['EndPort']],
      [0, '7000', '7999'],
    );
    assert.equal(await codeOf(create({ ...tcp, ListenerPort: 7500 })), 'Conflict.Port');
    assert.equal(
      await codeOf(create({ ...range, StartPort: 8000, EndPort: 8100 })),
      'Conflict.Port',
      'the seed has a listener on 8080',
    );
    assert.equal(
      await codeOf(create({ ...range, StartPort: 9000, EndPort: 8500 })),
      'IllegalParam.Port',
    );
  });

  test('a creation is repeated under its token, and a failed one leaves nothing', async () => {
    const asked = { ...tcp, ListenerPort: 7000, ClientToken: 'made-once' };

    const first = await create(asked);
    const again = await create(asked);
    await jobEnd(nlb, first);

    assert.equal(again['ListenerId'], first['ListenerId']);
    await post(sandbox, '/faults', { kind: 'fail-job', action: 'CreateListener' });
    const failed = await create({ ...tcp, ListenerPort: 7001 });
    assert.equal(await jobEnd(nlb, failed), 'Failed');
    const ids = (await stateOfSandbox(sandbox)).listeners.map((each) => each.id);
    assert.ok(!ids.includes(String(failed['ListenerId'])));
  });

  test('a server group that ails shows in the health of its listener', async () => {
    const reply = await create({ ...tcp, ListenerPort: 7000, ServerGroupId: `${group}-ailing` });
    await jobEnd(nlb, reply);

    const { ListenerHealthStatus: rows, ...rest } = await nlb('GetListenerHealthStatus', {
      ListenerId: reply['ListenerId'],
    });

    assert.deepEqual(rows, [
      {
        ListenerId: reply['ListenerId'],
        ListenerPort: 7000,
        ListenerProtocol: 'TCP',
        ServerGroupInfos: [
          {
            ServerGroupId: `${group}-ailing`,
            HeathCheckEnabled: true,
            NonNormalServers: [
              {
                ServerId: 'i-sandboxailing00001',
                ServerIp: '192.168.10.7',
                Port: 8080,
                Status: 'Unhealthy',
                Reason: { ReasonCode: 'CONNECT_TIMEOUT' },
              },
            ],
          },
        ],
      },
    ]);
    assert.equal(rest['TotalCount'], 1);
  });
}
