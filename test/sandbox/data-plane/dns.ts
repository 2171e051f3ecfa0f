import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { after, before, test } from 'node:test';
import { decode, encode, type Packet } from 'dns-packet';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { codeOf, nlbCaller, smallSandbox, stateOfSandbox } from '../support.ts';

let sandbox: RunningSandbox;

let resolver: Resolver;

const web = 'nlb-smallweb0000001.cn-hangzhou.nlb.aliyuncsslb.com';

function resolverOf({ description }: RunningSandbox): Resolver {
  const made = new Resolver({ timeout: 2000, tries: 1 });
  made.setServers([description.dns]);
  return made;
}

async function addressesInApi(of: RunningSandbox): Promise<readonly string[]> {
  const balancers = (await stateOfSandbox(of)).loadBalancers;
  const found = balancers.find(({ id }) => web.startsWith(`${id}.`));
  return found?.zones.flatMap((zone) => zone.publicAddress ?? []) ?? [];
}

/** A query with one byte changed, always the same for an index. */
function spoilt(query: Buffer, index: number): Buffer {
  const bytes = Buffer.from(query);
  bytes[index % bytes.length] = (index * 37) % 256;
  return bytes;
}

async function send(bytes: Buffer): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.send(bytes, dnsPort(), '127.0.0.1', () => socket.close(resolve));
  });
}

function dnsPort(): number {
  return Number(sandbox.description.dns.split(':')[1]);
}

const question = { type: 'A', name: web } as const;

const formatError = 1;

const notImplemented = 4;

const odd: readonly { what: string; query: Packet; code: number }[] = [
  { what: 'no question', query: { questions: [] }, code: formatError },
  { what: 'two questions', query: { questions: [question, question] }, code: formatError },
  {
    what: 'another kind of request',
    query: { flags: 2 << 11, questions: [question] },
    code: notImplemented,
  },
];

async function ask(query: Packet): Promise<Packet> {
  const socket = createSocket('udp4');
  try {
    return await new Promise<Packet>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), 2000);
      socket.on('message', (bytes) => {
        clearTimeout(timer);
        resolve(decode(bytes));
      });
      socket.send(encode(query), dnsPort(), '127.0.0.1');
    });
  } finally {
    socket.close();
  }
}

export function dnsCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    resolver = resolverOf(sandbox);
  });

  after(() => sandbox.close());

  test('the name the API prints leads to the addresses the API prints', async () => {
    const nlb = nlbCaller(sandbox);
    const printed = await nlb('GetLoadBalancerAttribute', {
      LoadBalancerId: 'nlb-smallweb0000001',
    });

    assert.equal(printed['DNSName'], web);
    assert.deepEqual(await resolver.resolve4(web), await addressesInApi(sandbox));
    assert.equal((await addressesInApi(sandbox)).length, 2);
  });

  test('letter case in a name does not matter and answers are not to be kept long', async () => {
    const [first] = await resolver.resolve4(web.toUpperCase(), { ttl: true });

    assert.equal(first?.ttl, 1);
  });

  test('a name nobody has does not exist', async () => {
    const names = [
      'nlb-nobody.cn-hangzhou.nlb.aliyuncsslb.com',
      'nlb-smallweb0000001.cn-shanghai.nlb.aliyuncsslb.com',
      'example.com',
    ];

    for (const name of names)
      assert.equal(await codeOf(resolver.resolve4(name)), 'ENOTFOUND', name);
  });

  test('a name has no addresses of the other family', async () => {
    assert.equal(await codeOf(resolver.resolve6(web)), 'ENODATA');
  });

  test('where zone addresses are only nominal the names lead to them all the same', async () => {
    const alone = await smallSandbox({ loopbackOnly: true });
    try {
      assert.deepEqual(await resolverOf(alone).resolve4(web), await addressesInApi(alone));
    } finally {
      await alone.close();
    }
  });

  test('after a reset the names lead to the new world', async () => {
    await fetch(`${sandbox.control}/reset`, { method: 'POST' });

    assert.deepEqual(await resolver.resolve4(web), await addressesInApi(sandbox));
  });

  test('garbage does no harm', async () => {
    const query = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: web }] });
    const garbage = [
      Buffer.alloc(0),
      Buffer.from([0]),
      query.subarray(0, 20),
      Buffer.alloc(512, 0xff),
      // A name that points at itself.
      Buffer.from('000701000001000000000000c00c00010001', 'hex'),
      ...Array.from({ length: 200 }, (_each, index) => spoilt(query, index)),
    ];

    await Promise.all(garbage.map((bytes) => send(bytes)));

    assert.equal((await resolver.resolve4(web)).length, 2);
  });

  for (const { what, query, code } of odd) {
    test(`${what} is answered by an error`, async () => {
      const answer = await ask({ type: 'query', id: 4711, ...query });

      assert.deepEqual([answer.id, (answer.flags ?? 0) & 0xf, answer.answers], [4711, code, []]);
    });
  }
}
