import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { offsetClock } from '../../../src/sandbox/clock.ts';
import { newCredentials } from '../../../src/sandbox/credentials.ts';
import type { AddressBlock } from '../../../src/sandbox/data-plane/addresses.ts';
import { ServingPoint } from '../../../src/sandbox/data-plane/point.ts';
import { ZonePorts } from '../../../src/sandbox/data-plane/ports.ts';
import { TlsServers } from '../../../src/sandbox/data-plane/tls-server.ts';
import { WrongNames } from '../../../src/sandbox/data-plane/wrong-name.ts';
import { settingsFrom } from '../../../src/sandbox/options.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';
import { createTrust } from '../../../src/sandbox/x509/trust.ts';

const place = { listenerId: 'lsn-x', zone: 'cn-hangzhou-a', address: '127.0.0.1', port: 0 };

/** A block whose addresses are really at these ports, one after the other. */
function blockAt(ports: readonly number[]): AddressBlock {
  const left = [...ports];
  return {
    address: () => place.address,
    bindAt: () => ({ host: '127.0.0.1', port: left.shift() ?? 0 }),
    room: 1,
    release: async () => undefined,
  };
}

async function pointAt(ports: readonly number[]): Promise<ServingPoint> {
  const clock = offsetClock(0);
  const settings = settingsFrom({ seed: 'small' });
  const world = emptyWorld({
    clock,
    settings,
    trust: await createTrust(clock.now()),
    credentials: newCredentials(),
    regions: [],
  });
  return new ServingPoint(place, {
    faults: world.faults,
    settings,
    ports: new ZonePorts(blockAt(ports), new Map()),
    servers: new TlsServers(),
    wrongNames: new WrongNames(world),
  });
}

export function portCases(): void {
  test('a zone port that could be opened only at the second attempt closes again when told to', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const taken = squatter.address();
    assert.ok(taken !== null && typeof taken === 'object');
    const point = await pointAt([taken.port, 0]);
    try {
      const [first] = await Promise.allSettled([
        point.keepOpen(true),
        point.keepOpen(false),
        point.keepOpen(true),
      ]);

      assert.equal(first.status, 'rejected');
      assert.equal(point.open, true);
      await point.keepOpen(false);
      assert.equal(point.open, false);
    } finally {
      await point.keepOpen(false);
      squatter.close();
    }
  });
}
