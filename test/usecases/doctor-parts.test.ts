import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListenerState } from '../../src/domain/listener.ts';
import type { ActionTrial, CloudAccount } from '../../src/ports/listeners.ts';
import type { Prober } from '../../src/ports/prober.ts';
import { checkActions } from '../../src/usecases/doctor-account.ts';
import { checkEndpoints, checkListing, checkVantage } from '../../src/usecases/doctor-reach.ts';
import { aListener, anEndpoint, failed, served } from '../helpers/facts.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const never = new AbortController().signal;

function account(trial: Partial<ActionTrial>): CloudAccount {
  const [cloud] = new ScanWorld({}).deps().accounts;
  assert.ok(cloud);
  const action = 'ListListeners';
  const whole = {
    action,
    ramAction: `nlb:${action}`,
    verdict: 'failed',
    code: null,
    detail: 'no',
  } as const;
  return { ...cloud, tryActions: async () => [{ ...whole, ...trial }] };
}

function proberThat(answers: (address: string) => boolean): Prober & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    perLoadBalancerPerSecond: null,
    reaches: ({ network }) => network === 'public',
    observe: async ({ endpoint: { address } }) => {
      asked.push(address);
      return answers(address) ? served() : failed('timeout');
    },
  };
}

function wide(loadBalancerId: string, addresses: number): ListenerState {
  const endpoints = Array.from({ length: addresses }, (_, index) =>
    anEndpoint({ zone: `zone-${index}`, address: `127.0.1.${index}` }),
  );
  return aListener({ ref: { loadBalancerId }, endpoints });
}

function found(...states: readonly ListenerState[]) {
  return { account: 'main', states, missing: [] };
}

const advices = [
  { code: 'cloud.unavailable', advice: /let this machine reach the endpoint/ },
  { code: 'cloud.timeout', advice: /let this machine reach the endpoint/ },
  { code: 'InvalidTimeStamp.Expired', advice: /synchronise the clock/ },
];

for (const { code, advice } of advices) {
  test(`an action that failed with ${code} comes with what to do`, async () => {
    const given = { region: 'cn-hangzhou', rotates: true };

    const [check] = await checkActions(account({ code }), given, never);

    assert.equal(check?.state, 'failed');
    assert.match(check.advice ?? '', advice);
  });
}

test('a refusal nobody foresaw is shown as it came', async () => {
  const given = { region: 'cn-hangzhou', rotates: true };

  const [check] = await checkActions(
    account({ code: 'IllegalParam', detail: 'odd' }),
    given,
    never,
  );

  assert.deepEqual([check?.state, check?.detail, check?.advice], ['failed', 'odd', null]);
});

test('a denial without a code is a denial', async () => {
  const given = { region: 'cn-hangzhou', rotates: false };

  const [check] = await checkActions(account({ verdict: 'denied' }), given, never);

  assert.equal(check?.detail, 'denied with no code');
});

test('at most a handful of endpoints of each load balancer are connected to', async () => {
  const prober = proberThat(() => true);

  const check = await checkEndpoints(prober, found(wide('nlb-1', 9), wide('nlb-2', 2)), never);

  assert.equal(prober.asked.length, 6);
  assert.equal(check.state, 'ok');
});

test('stopped listeners and zones that left DNS are not connected to', async () => {
  const prober = proberThat(() => true);
  const left = aListener({ endpoints: [anEndpoint({ active: false })] });

  const check = await checkEndpoints(prober, found(left, aListener({ status: 'stopped' })), never);

  assert.deepEqual(prober.asked, []);
  assert.equal(check.state, 'skipped');
});

test('of many silent endpoints a few are named', async () => {
  const prober = proberThat(() => false);

  const { detail } = await checkEndpoints(prober, found(wide('nlb-1', 4), wide('nlb-2', 4)), never);

  assert.match(detail, /^8 of 8 endpoints tried did not answer: .* timeout, and 3 more$/);
});

test('a zone is seen when one of its addresses is', () => {
  const prober = proberThat(() => true);
  const inner = anEndpoint({ network: 'private', address: '10.0.0.2' });
  const other = anEndpoint({ zone: 'zone-b', network: 'private', vpcId: null });

  const seen = checkVantage(prober, found(aListener({ endpoints: [anEndpoint(), inner] })));
  const blind = checkVantage(prober, found(aListener({ endpoints: [anEndpoint(), inner, other] })));

  assert.deepEqual([seen.state, blind.state], ['ok', 'warning']);
  assert.equal(seen.detail, '1 of 2 endpoints in vantage (vpc-1: 1 in, 1 out)');
  assert.match(blind.detail, /\(vpc-1: 1 in, 1 out; no VPC: 0 in, 1 out\); 1 listener with a zone/);
});

test('the same failure of many listeners is told once', () => {
  const missing = { account: 'main', region: 'r', action: 'A', code: 'C', listener: null };

  const check = checkListing({
    account: 'main',
    states: [aListener()],
    missing: [missing, missing],
  });

  assert.equal(check.detail, '1 TLS listener, and not all could be read (A in r: C)');
});
