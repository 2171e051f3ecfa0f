import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { type AddressBlock, claimBlock } from '../../../src/sandbox/data-plane/addresses.ts';
import { ZonePorts } from '../../../src/sandbox/data-plane/ports.ts';

let blocks: readonly AddressBlock[];

const lowest = 2;

const highest = 1013;

function addresses(block: AddressBlock): readonly string[] {
  return Array.from({ length: highest - lowest + 1 }, (_each, index) =>
    block.address(lowest + index),
  );
}

export function addressesCases(): void {
  before(async () => {
    blocks = [await claimBlock(false), await claimBlock(false)];
  });

  after(() => Promise.all(blocks.map((block) => block.release())));

  test('two blocks have a thousand addresses each, none of them twice', () => {
    const all = blocks.flatMap(addresses);

    assert.equal(new Set(all).size, 2 * 1012);
    for (const address of all) assert.match(address, /^127\.\d{1,3}\.\d{1,3}\.([2-9]|\d{2,3})$/);
  });

  test('a block has no other addresses', () => {
    for (const host of [0, 1, highest + 1])
      assert.throws(() => blocks[0]?.address(host), RangeError);
  });

  test('the first and the last address of every part of a block can be bound', async () => {
    const [block] = blocks;
    assert.ok(block);
    for (const host of [2, 254, 255, 507, 508, 760, 761, 1013]) {
      const server = createServer();
      await new ZonePorts(block, new Map()).listen(server, block.address(host), 8443);
      server.close();
      await once(server, 'close');
    }
  });

  test('one loopback address takes no more ports than it can spare', async () => {
    const block = await claimBlock(true);
    const ports = new ZonePorts(block, new Map());

    ports.makeRoomFor(4000);
    assert.throws(() => ports.makeRoomFor(4001), /take a smaller seed/);
  });

  test('where an address is not bound itself, its port is told and used again', async () => {
    const block = await claimBlock(true);
    const dial = new Map<string, string>();
    const ports = new ZonePorts(block, dial);
    const opened = async () => {
      const server = createServer();
      await ports.listen(server, block.address(2), 8443);
      server.close();
      await once(server, 'close');
      return dial.get(`${block.address(2)}:8443`);
    };

    const first = await opened();

    assert.match(String(first), /^127\.0\.0\.1:\d+$/);
    assert.equal(await opened(), first);
  });
}
