import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { FaultBook } from '../../../src/sandbox/faults/book.ts';
import { pageHandedOut } from '../../../src/sandbox/faults/repeated-pages.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  codeOf,
  front,
  jobEnd,
  mutual,
  type Nlb,
  nlbCaller,
  plainTcp,
  post,
  type Reply,
  reset,
  smallSandbox,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

const Ids = z.array(z.object({ ListenerId: z.string() }));

const page = (NextToken?: unknown) => nlb('ListListeners', { MaxResults: 1, NextToken });

function idsOf(reply: Reply): readonly string[] {
  return Ids.parse(reply['Listeners']).map((row) => row.ListenerId);
}

/** The ids of so many pages of one, and the tokens that led on. */
async function follow(most: number) {
  const seen: string[] = [];
  const tokens: unknown[] = [];
  let reply = await page();
  for (let count = 1; count <= most; count += 1) {
    seen.push(...idsOf(reply));
    const { NextToken } = reply;
    if (NextToken === undefined || count === most) break;
    tokens.push(NextToken);
    reply = await page(NextToken);
  }
  return { seen, tokens };
}

export function pagesCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a page repeats once under a token of its own, and what follows is complete', async () => {
    await post(sandbox, '/faults', { kind: 'repeat-page', action: 'ListListeners' });

    const { seen, tokens } = await follow(10);

    assert.deepEqual(seen, [front, front, apps, plainTcp, mutual]);
    assert.equal(new Set(tokens).size, tokens.length);
  });

  test('a listing whose pages always repeat never ends and never repeats a token', async () => {
    const fault = { kind: 'repeat-page', action: 'ListListeners', times: 'always' };
    await post(sandbox, '/faults', fault);

    const { seen, tokens } = await follow(12);

    assert.deepEqual(new Set(seen), new Set([front]));
    assert.equal(new Set(tokens).size, 11);
  });

  test('a token loops: it leads to its page, and that page to itself', async () => {
    const fault = { kind: 'repeat-page', action: 'ListListeners', repeats: 'token', times: 2 };
    await post(sandbox, '/faults', fault);

    const { seen, tokens } = await follow(10);

    assert.deepEqual(seen, [front, apps, apps, apps, plainTcp, mutual]);
    assert.equal(new Set(tokens.slice(0, 3)).size, 1);
  });

  test('a page by number is the one before when a fault says so, the first never', () => {
    const faults = new FaultBook();
    const place = { product: 'cas', region: 'cn-hangzhou', action: 'ListCert' };
    faults.order({ kind: 'repeat-page', action: 'ListCert', times: 1, repeats: 'page' });

    const handed = [1, 3, 3].map((asked) => pageHandedOut(faults, place, asked));

    assert.deepEqual(handed, [1, 2, 3]);
  });

  test('a listing goes on where it was although its last row has been deleted meanwhile', async () => {
    const first = await page();
    await jobEnd(nlb, await nlb('DeleteListener', { ListenerId: front }));
    const second = await page(first['NextToken']);
    const third = await page(second['NextToken']);

    assert.deepEqual(idsOf(first), [front]);
    assert.deepEqual([...idsOf(second), ...idsOf(third)], [apps, plainTcp]);
  });

  test('a token that nobody handed out is refused', async () => {
    const strange = Buffer.from(JSON.stringify(['x', 'y', 'z', 1, 0])).toString('base64url');

    assert.equal(await codeOf(page('garbage')), 'IllegalParam');
    assert.equal(await codeOf(page(strange)), 'IllegalParam');
  });
}
