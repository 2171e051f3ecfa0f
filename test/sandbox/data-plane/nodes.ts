import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { certificate, front, listenerState, post, shake, smallSandbox, until } from '../support.ts';

const zoneA = 'cn-hangzhou-a';

async function pointIn(sandbox: RunningSandbox, zone: string) {
  const point = (await listenerState(sandbox, front)).serving.find((each) => each.zone === zone);
  assert.ok(point);
  return point;
}

/** What this many handshakes in a row are served. */
async function servedInTurn(sandbox: RunningSandbox, zone: string, count: number) {
  const point = await pointIn(sandbox, zone);
  const seen: (string | null)[] = [];
  while (seen.length < count) seen.push((await shake(point)).fingerprint);
  return seen;
}

/** Waits until the nodes of a zone serve these certificates by default. */
async function nodesServe(sandbox: RunningSandbox, zone: string, ...ids: readonly string[]) {
  await until(async () => {
    const { nodes } = await pointIn(sandbox, zone);
    return nodes.map((node) => node.default?.certificateId).join() === ids.join() ? true : null;
  });
}

async function bind(sandbox: RunningSandbox, certificateId: string): Promise<void> {
  await post(sandbox, '/faults', { kind: 'rebind', listenerId: front, certificateId });
}

export function nodesCases(): void {
  test('the second node behind an address takes over later, and handshakes see both meanwhile', async () => {
    const sandbox = await smallSandbox({
      propagationMillis: { [zoneA]: 0, 'cn-hangzhou-b': 0 },
      secondNodeMillis: 2000,
    });
    try {
      const [old, next] = [
        await certificate(sandbox, 'web-2026a'),
        await certificate(sandbox, 'web-2026b'),
      ];
      await bind(sandbox, next.id);

      await nodesServe(sandbox, zoneA, next.id, old.id);
      const meanwhile = await servedInTurn(sandbox, zoneA, 6);
      assert.equal((await pointIn(sandbox, zoneA)).default?.certificateId, next.id);
      await nodesServe(sandbox, zoneA, next.id, next.id);
      const afterwards = await servedInTurn(sandbox, zoneA, 4);

      const turn = [next.fingerprint256, old.fingerprint256];
      assert.deepEqual(meanwhile, [...turn, ...turn, ...turn]);
      assert.deepEqual(new Set(afterwards), new Set([next.fingerprint256]));
    } finally {
      await sandbox.close();
    }
  });

  test('an address has one node when nothing is said', async () => {
    const sandbox = await smallSandbox();
    try {
      const { nodes, default: first, additional, clientAuth } = await pointIn(sandbox, zoneA);

      assert.deepEqual(nodes, [{ default: first, additional, clientAuth, alternatesWith: null }]);
    } finally {
      await sandbox.close();
    }
  });
}
