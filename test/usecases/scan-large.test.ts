import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import type { Inventory } from '../../src/domain/inventory.ts';
import { openSandboxProcess, type SandboxProcess } from '../helpers/sandbox-process.ts';
import { scannerOf } from '../helpers/sandbox-scan.ts';

const regions = ['cn-hangzhou', 'cn-shanghai', 'ap-southeast-1'];
const perSecond = 20;

const State = z.object({
  loadBalancers: z.array(z.object({ id: z.string(), region: z.string() })),
  listeners: z.array(
    z.object({
      id: z.string(),
      loadBalancerId: z.string(),
      region: z.string(),
      protocol: z.string(),
      slots: z.object({
        default: z.string().nullable(),
        ca: z.string().nullable(),
        additional: z.array(z.object({ certificateId: z.string() })),
      }),
    }),
  ),
});
type State = z.infer<typeof State>;

const Calls = z.array(
  z.object({
    at: z.string().transform((text) => Date.parse(text)),
    region: z.string(),
    action: z.string(),
    code: z.string().nullable(),
    status: z.number().nullable(),
  }),
);

/** What goes wrong with the lists meanwhile: each costs a call that has to be made again. */
const faults = [
  { action: 'ListListenerCertificates', code: 'SystemBusy', times: 5 },
  { action: 'ListListenerCertificates', body: 'html-502', times: 3 },
  { action: 'ListListenerCertificates', body: 'reset', times: 3 },
  { action: 'ListListeners', body: 'empty-503', times: 2 },
  { action: 'ListLoadBalancers', code: 'ServiceUnavailable', times: 1 },
];

/** Every binding of the truth, as one line each. */
function boundIn({ listeners }: State): readonly string[] {
  return listeners
    .filter(({ protocol }) => protocol === 'TCPSSL')
    .flatMap(({ id, loadBalancerId, region, slots }) => {
      const place = `${region} ${loadBalancerId} ${id}`;
      return [
        `${place} default ${slots.default}`,
        ...slots.additional.map(({ certificateId }) => `${place} additional ${certificateId}`),
        ...(slots.ca === null ? [] : [`${place} ca ${slots.ca}`]),
      ];
    })
    .toSorted();
}

function boundAsSeen({ listeners }: Inventory): readonly string[] {
  return listeners
    .flatMap(({ state }) => {
      const { region, loadBalancerId, listenerId } = state.ref;
      return state.bound.map(
        ({ slot, id }) => `${region} ${loadBalancerId} ${listenerId} ${slot} ${id}`,
      );
    })
    .toSorted();
}

/** The fewest calls that show every listener: pages of a hundred, and one call for the certificates of each. */
function fewestCalls({ loadBalancers, listeners }: State): number {
  const tls = listeners.filter(({ protocol }) => protocol === 'TCPSSL');
  const lists = regions.map((region) => {
    const balancers = loadBalancers.filter((each) => each.region === region).length;
    // Twenty load balancers a call, as many pages as their listeners fill.
    return Math.ceil(balancers / 100) + tls.filter((each) => each.region === region).length / 100;
  });
  return tls.length + Math.ceil(lists.reduce((sum, each) => sum + each, 0));
}

describe('a scan of five thousand listeners under the documented rates, while lists fail', () => {
  let sandbox: SandboxProcess;
  let inventory: Inventory;
  let state: State;
  let calls: z.infer<typeof Calls>;

  async function ask(path: string): Promise<unknown> {
    const reply = await fetch(`${sandbox.description.control}${path}`);
    return reply.json();
  }

  before(async () => {
    sandbox = await openSandboxProcess('--seed', 'large');
    for (const fault of faults) {
      await fetch(`${sandbox.description.control}/faults`, {
        method: 'POST',
        body: JSON.stringify({ kind: 'answer', product: 'nlb', ...fault }),
      });
    }
    ({ inventory } = await scannerOf(sandbox.description, { regions })());
    state = State.parse(await ask('/state'));
    calls = Calls.parse(await ask('/calls'));
  });

  after(() => sandbox[Symbol.asyncDispose]());

  test('every binding is seen exactly once, and nothing else', () => {
    const seen = boundAsSeen(inventory);
    assert.ok(seen.length > 5_000);
    assert.deepEqual(inventory.missing, []);
    assert.deepEqual(seen, boundIn(state));
  });

  test('the cloud never throttles after the first minute', () => {
    const first = Math.min(...calls.map(({ at }) => at));
    const late = calls.filter(({ at }) => at > first + 60_000);
    assert.ok(late.length > 500, 'the scan was over too soon to tell');
    assert.deepEqual(
      late.filter(({ code }) => code?.includes('Throttling')),
      [],
    );
  });

  test('the calls are within a twentieth of the fewest that the API allows', (context) => {
    const made = calls.filter(({ action }) => /^List(Load|Listener)/.test(action)).length;
    const fewest = fewestCalls(state);
    const certificates = calls.filter(
      ({ action, region }) => action === 'ListListenerCertificates' && region === 'cn-hangzhou',
    );
    const times = certificates.map(({ at }) => at);
    const rate = (certificates.length * 1000) / (Math.max(...times) - Math.min(...times));
    context.diagnostic(
      `${made} calls, the fewest are ${fewest}; ${rate.toFixed(1)} of ${perSecond} a second in the busiest region`,
    );
    assert.ok(made <= fewest * 1.05, `${made} calls instead of ${fewest}`);
  });
});
