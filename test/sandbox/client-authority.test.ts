import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { listenerState, mutual, post, shake, smallSandbox, until } from './support.ts';

const issuing = '1ef79512-569b-6a4e-9105-9b9147350001-cn-hangzhou';
const root = '160ae6bb538d538c70c01f81dcf20001-cn-hangzhou';

interface Identity {
  readonly cert: string;
  readonly key: string;
}

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await smallSandbox({ jobMillis: 0, propagationMillis: 0 });
});

afterEach(() => sandbox.close());

/** Puts the CA into the slot and waits until a zone lets this client in. */
async function letsIn(ca: string, identity: Identity): Promise<boolean> {
  const bound = { kind: 'rebind', listenerId: mutual, slot: 'ca', certificateId: ca };
  await post(sandbox, '/faults', bound);
  return until(async () => ((await isLetIn(identity)) ? true : null));
}

async function isLetIn(identity: Identity): Promise<boolean> {
  const [point] = (await listenerState(sandbox, mutual)).serving;
  assert.ok(point);
  return (await shake(point, { ...identity, maxVersion: 'TLSv1.2' })).error === null;
}

test('a client is let in by the CA below another that signed it, and by the one above if it sends what lies between', async () => {
  const { body } = await post(sandbox, '/client-certificates', { ca: issuing });
  const [leaf, key] = [String(body['certificate']), String(body['key'])];
  const chain = Array.isArray(body['chain']) ? body['chain'] : [];
  const alone = { cert: leaf, key };
  const together = { cert: [leaf, chain[0]].join(''), key };

  assert.ok(await letsIn(issuing, alone));
  assert.ok(await isLetIn(together));
  assert.ok(await letsIn(root, together));
  assert.equal(await isLetIn(alone), false);
});
