import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/start.ts';
import { type Blackbox, hasBlackbox, startBlackbox } from '../../helpers/blackbox.ts';
import {
  apps,
  front,
  jobEnd,
  listenerState,
  nlbCaller,
  post,
  until,
} from '../../sandbox/support.ts';
import { endpointAt, never, probeAt, testProber } from './servers.ts';

const day = 86_400_000;

/** A name that a listener answers. */
interface Place {
  readonly listenerId: string;
  readonly serverName: string;
}

/**
 * The exporter tells no end of the leaf alone: `probe_ssl_earliest_cert_expiry` is the earliest of all certificates sent, and
 * `probe_ssl_last_chain_expiry_timestamp_seconds` the earliest of the longest-lived chain it could build, with the root. The first
 * is the leaf's wherever the leaf ends before its issuer does, as here; that both looked at one leaf is shown by its fingerprint.
 */
suite('beside prometheus-blackbox-exporter', {
  skip: hasBlackbox ? false : 'not installed',
}, () => {
  let sandbox: RunningSandbox;
  let blackbox: Blackbox;
  let places: readonly Place[];

  before(async () => {
    sandbox = await startSandbox({
      seed: 'small',
      jobMillis: 20,
      propagationMillis: 0,
      rateLimits: 'off',
    });
    const made = await Promise.all(Array.from({ length: 18 }, (_, at) => addListener(at)));
    places = [
      { listenerId: front, serverName: 'www.example.com' },
      { listenerId: apps, serverName: 'portal.example.com' },
      ...made,
    ];
    const names = places.map(({ serverName }) => serverName);
    blackbox = await startBlackbox(sandbox.description.rootCaFile, names);
  });

  after(async () => {
    await blackbox[Symbol.asyncDispose]();
    await sandbox.close();
  });

  /** Each with a certificate that ends at another second. */
  async function addListener(at: number): Promise<Place> {
    const serverName = `site-${at}.example.com`;
    const notAfter = new Date(
      Math.floor(Date.now() / 1000) * 1000 + (at + 1) * 3 * day + at * 7_000,
    );
    const { body } = await post(sandbox, '/certificates', {
      names: [serverName],
      keyType: at % 3 === 0 ? 'rsa' : 'ecdsa',
      notBeforeDays: -1,
      notAfter: notAfter.toISOString(),
    });
    const nlb = nlbCaller(sandbox);
    const reply = await nlb(
      'CreateListener',
      {
        LoadBalancerId: 'nlb-smallweb0000001',
        ServerGroupId: 'sgp-smallweb0000001',
        ListenerProtocol: 'TCPSSL',
        ListenerPort: 10_001 + at,
        CertificateIds: [body['id']],
      },
      'body',
    );
    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
    return { listenerId: String(reply['ListenerId']), serverName };
  }

  /** The first zone address, as it is reached from here. */
  async function addressOf(listenerId: string): Promise<{ address: string; port: number }> {
    const open = await until(async () => {
      const { serving } = await listenerState(sandbox, listenerId);
      return serving.find((point) => point.open) ?? null;
    });
    const where = sandbox.description.dial[`${open.address}:${open.port}`];
    const [address = open.address, port = open.port] = where?.split(':') ?? [];
    return { address, port: Number(port) };
  }

  test('the same end of the same leaf is reported for each of twenty listeners', async () => {
    const prober = testProber({ roots: [readFileSync(sandbox.description.rootCaFile, 'utf8')] });

    const rows = await Promise.all(
      places.map(async ({ listenerId, serverName }) => {
        const { address, port } = await addressOf(listenerId);
        const endpoint = endpointAt(port, { address });
        const ours = await prober.observe(probeAt(port, { endpoint, serverName }), never);
        const theirs = await blackbox.look(`${address}:${port}`, serverName);
        assert.ok(ours.kind === 'served', JSON.stringify(ours));
        assert.deepEqual([ours.trust.verdict, ours.nameCovered], ['trusted', true]);
        return { serverName, ours: ours.leaf, theirs };
      }),
    );

    assert.deepEqual(
      rows.map(({ serverName, theirs }) => [
        serverName,
        theirs.success,
        theirs.fingerprint256,
        theirs.earliestExpiry,
      ]),
      rows.map(({ serverName, ours }) => [
        serverName,
        true,
        ours.fingerprint256,
        ours.notAfter.getTime() / 1000,
      ]),
    );
    assert.equal(new Set(rows.map(({ ours }) => ours.notAfter.getTime())).size, 20);
  });
});
