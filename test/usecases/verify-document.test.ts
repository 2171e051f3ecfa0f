import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { verifyDocument } from '../../src/api/verify.ts';
import { renderVerify } from '../../src/cli/render/verify.ts';
import type { ListenerState } from '../../src/domain/listener.ts';
import { type Verified, verify } from '../../src/usecases/verify.ts';
import {
  aCertificate,
  aListener,
  anEndpoint,
  failed,
  fingerprint,
  served,
} from '../helpers/facts.ts';
import { type AccountScript, ScanWorld } from '../helpers/scan-world.ts';

const never = new AbortController().signal;
const plain = { color: false };
const request = { listener: 'lsn-1@443', tell: () => {} };

function worldOf(state: ListenerState, script: AccountScript = {}): ScanWorld {
  return new ScanWorld({
    discovers: { 'cn-hangzhou': [state] },
    resolves: (id) => aCertificate({ id }),
    ...script,
  });
}

async function verified(world: ScanWorld): Promise<Verified> {
  return verify(world.deps(), request, never);
}

test('a stopped listener is not connected to, and that is not as bound', async () => {
  const world = worldOf(aListener({ status: 'stopped' }));

  const told = await verified(world);

  assert.deepEqual([told.asBound, told.cells.length, world.probes.length], [false, 0, 0]);
  assert.match(
    renderVerify(plain, verifyDocument(told, {})),
    /nothing was looked at: the listener is stopped\n$/,
  );
});

test('a zone that left DNS may be silent, but not serve something else', async () => {
  const left = anEndpoint({ zone: 'zone-b', address: '127.0.0.3', active: false });
  const world = worldOf(aListener({ endpoints: [anEndpoint(), left] }));

  world.serves = ({ endpoint }) =>
    endpoint.address === left.address ? failed('timeout') : served();
  const silent = await verified(world);
  world.serves = ({ endpoint }) =>
    endpoint.address === left.address
      ? served({ leaf: { fingerprint256: fingerprint('other') } })
      : served();
  const other = await verified(world);

  assert.deepEqual([silent.asBound, other.asBound], [true, false]);
  const text = renderVerify(plain, verifyDocument(other, {}));
  assert.match(text, /^zone-b \(left DNS\) .* \(not bound here\) .* differs$/m);
});

test('when only a zone that left DNS was asked, nothing is as bound', async () => {
  const world = worldOf(aListener({ endpoints: [anEndpoint({ active: false })] }));
  world.serves = () => failed('timeout');

  assert.equal((await verified(world)).asBound, false);
});

test('a leaf that may be the one nobody knows is not called different', async () => {
  const bound = [
    { slot: 'default', id: '101-cn-hangzhou', state: 'bound' },
    { slot: 'additional', id: '102-cn-hangzhou', state: 'binding' },
  ] as const;
  const world = worldOf(aListener({ bound }), {
    resolves: (id) => (id === '101-cn-hangzhou' ? aCertificate({ id }) : null),
  });
  world.serves = () => served({ leaf: { fingerprint256: fingerprint('102-cn-hangzhou') } });

  const told = await verified(world);

  assert.deepEqual([...new Set(told.cells.map(({ state }) => state))], ['unjudged']);
});

test('addresses in a certificate are not asked for by name', async () => {
  const names = ['192.0.2.1', '2001:db8::1', 'a.example'];
  const world = worldOf(aListener(), { resolves: (id) => aCertificate({ id, names }) });

  await verified(world);

  assert.deepEqual(
    world.probes.map(({ serverName }) => serverName),
    [null, 'a.example'],
  );
});

test('the command connects where the prober does, and a name cannot break out of it', async () => {
  const name = "a';touch${IFS}x;'.example";
  const world = worldOf(
    aListener({ endpoints: [anEndpoint({ address: '2001:db8::2', port: 443 })] }),
    {
      resolves: (id) => aCertificate({ id, names: [name] }),
    },
  );

  const { cells } = verifyDocument(await verified(world), { '[2001:db8::2]:443': '127.0.0.1:9' });

  const [bare, named] = cells.map(({ openssl }) => openssl);
  assert.match(bare ?? '', /^openssl s_client -connect 127\.0\.0\.1:9 -noservername </);
  assert.equal(cells[0]?.address, '[2001:db8::2]:443');
  const [argument] = /-servername .*? (?=<)/.exec(named ?? '') ?? [];
  assert.equal(
    execFileSync('sh', ['-c', `printf %s ${argument}`], { encoding: 'utf8' }),
    `-servername${name}`,
  );
});
