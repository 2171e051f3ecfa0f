import assert from 'node:assert/strict';
import { once } from 'node:events';
import tls from 'node:tls';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  front,
  jobEnd,
  listenerState,
  type Nlb,
  nlbCaller,
  post,
  reset,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

async function write(action: string, fields: Record<string, unknown>): Promise<unknown> {
  const reply = await nlb(action, fields, 'body');
  assert.equal(await jobEnd(nlb, reply), 'Succeeded');
  return reply['ListenerId'];
}

async function pointOf(listenerId: string) {
  const [point] = (await listenerState(sandbox, listenerId)).serving;
  assert.ok(point);
  return point;
}

async function connected(listenerId: string): Promise<tls.TLSSocket> {
  const { address, port } = await pointOf(listenerId);
  const socket = tls.connect({ host: address, port, rejectUnauthorized: false });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

export function lifeCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a new listener answers when it is running, a deleted one refuses connections', async () => {
    const portal = await certificate(sandbox, 'portal');
    const id = await write('CreateListener', {
      LoadBalancerId: 'nlb-smallweb0000001',
      ListenerPort: 7443,
      ListenerProtocol: 'TCPSSL',
      ServerGroupId: 'sgp-smallweb0000001',
      CertificateIds: [portal.id],
    });
    const point = await pointOf(String(id));

    assert.equal((await shake(point)).fingerprint, portal.fingerprint256);
    await write('DeleteListener', { ListenerId: id });

    await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
  });

  test('a listener whose start fails goes on refusing', async () => {
    const point = await pointOf(apps);
    await write('StopListener', { ListenerId: apps });
    await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
    await post(sandbox, '/faults', { kind: 'fail-job', action: 'StartListener' });

    const reply = await nlb('StartListener', { ListenerId: apps }, 'body');

    assert.equal(await jobEnd(nlb, reply), 'Failed');
    await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
  });

  test('stopping ends the connections of a listener, and of no other', async () => {
    const [stopped, other] = [await connected(apps), await connected(front)];
    const ended = once(stopped, 'close');

    await write('StopListener', { ListenerId: apps });
    await ended;

    other.write('GET / HTTP/1.0\r\n\r\n');
    const [answer] = await once(other, 'data');
    assert.match(String(answer), /200 OK/);
  });

  test('a change of one listener leaves the connections of all as they are', async () => {
    const sockets = [await connected(apps), await connected(front)];
    const next = await certificate(sandbox, 'web-2026b');

    await write('UpdateListenerAttribute', { ListenerId: front, CertificateIds: [next.id] });
    await until(async () =>
      (await shake(await pointOf(front))).fingerprint === next.fingerprint256 ? true : null,
    );

    for (const socket of sockets) {
      socket.write('GET / HTTP/1.0\r\n\r\n');
      const [answer] = await once(socket, 'data');
      assert.match(String(answer), /200 OK/);
    }
  });

  test('a port that is taken when a listener starts stays closed, and says so', async () => {
    const point = await pointOf(apps);
    await write('StopListener', { ListenerId: apps });
    await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
    const squatter = tls.createServer();
    squatter.listen(point.port, point.address);
    await once(squatter, 'listening');
    try {
      await write('StartListener', { ListenerId: apps });

      assert.deepEqual(
        (await listenerState(sandbox, apps)).serving.map((each) => each.open),
        [false, true],
      );
    } finally {
      squatter.close();
    }
  });
}
