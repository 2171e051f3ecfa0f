import assert from 'node:assert/strict';
import { before, suite, test, type TestContext } from 'node:test';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { Probe } from '../../../src/domain/observation.ts';
import { type Issued, makeLeaf } from '../../helpers/pki.ts';
import { certified, endpointAt, never, probeAt, serveTls, testProber } from './servers.ts';

suite('the pace of looks', () => {
  let leaf: Issued;
  before(async () => {
    leaf = await makeLeaf(null, { name: 'a.test' });
  });

  /** When looks at zones of load balancers begin, in pauses of the rate. */
  async function paceOf(t: TestContext, looks: readonly Partial<Probe>[]): Promise<number[]> {
    const port = await serveTls(t, certified(leaf));
    const waits: number[] = [];
    const clock = {
      ...systemClock,
      monotonic: () => 0,
      sleep: async (millis: number) => void waits.push(millis),
    };
    const prober = testProber({ perLoadBalancerPerSecond: 2, clock });
    await Promise.all(looks.map((look) => prober.observe(probeAt(port, look), never)));
    return waits.toSorted((a, b) => a - b);
  }

  const zones = ['127.0.0.1', '127.0.0.1', '127.0.0.2'].map((address) =>
    endpointAt(0, { address }),
  );

  test('is kept for a load balancer, whatever its addresses, and for each alone', async (t) => {
    const first = zones.map((endpoint) => ({ endpoint }));
    const second = zones.map((endpoint) => ({ endpoint, loadBalancerId: 'nlb-2' }));

    assert.deepEqual(await paceOf(t, [...first, ...second]), [500, 500, 1000, 1000]);
  });

  test('is kept for each address by proofs, that wait for no scan', async (t) => {
    const scans = zones.map((endpoint) => ({ endpoint }));
    const proofs = zones.map((endpoint) => ({ endpoint, isProof: true }));

    assert.deepEqual(await paceOf(t, [...scans, ...proofs]), [500, 500, 1000]);
  });
});
