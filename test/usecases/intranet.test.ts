import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyAdmission } from '../../src/domain/admission.ts';
import type { Endpoint, ListenerState } from '../../src/domain/listener.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { assess } from '../../src/usecases/assess.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import {
  aCertificate,
  aListener,
  anEndpoint,
  aPolicy,
  days,
  after,
  failed,
  hours,
  served,
  servedAt,
  today,
} from '../helpers/facts.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const { signal } = new AbortController();
const accounts = ['east', 'west'];
const vpcs = ['vpc-1', 'vpc-2', 'vpc-3'];
const perVpc = 50;

/** Fifty listeners in each VPC of each account, with an address in each of two zones. */
function intranet(account: string): readonly ListenerState[] {
  return vpcs.flatMap((vpcId, place) =>
    Array.from({ length: perVpc }, (_, at) => {
      const endpoints = ['a', 'b'].map((zone, index) =>
        anEndpoint({
          zone: `cn-hangzhou-${zone}`,
          address: `10.${place}.${index}.${at + 1}`,
          network: 'private',
          vpcId,
        }),
      );
      const ref = { account, loadBalancerId: `nlb-${vpcId}`, listenerId: `lsn-${at}@443` };
      return aListener({ ref, endpoints, vpcId });
    }),
  );
}

/** A daemon that reaches the endpoints that `reaches` says. */
function daemon(reaches: (endpoint: Endpoint) => boolean) {
  const world = new ScanWorld(
    ...accounts.map((name) => ({
      name,
      discovers: { 'cn-hangzhou': intranet(name) },
      lists: { 'cn-hangzhou': [aCertificate()] },
    })),
  );
  const deps = world.deps();
  return { world, deps: { ...deps, prober: { ...deps.prober, reaches } } };
}

type Daemon = ReturnType<typeof daemon>;

async function scanAndAssess({ world, deps }: Daemon) {
  await scan(deps, { probe: true }, signal);
  const over: string[] = [];
  const problems = await assess(
    {
      ...deps,
      storeNow: async () => world.clock.now(),
      inventory: deps.book,
      admission: { read: async () => emptyAdmission },
      rules: () => ({ policies: [aPolicy()], scanEvery: hours(6) }),
      planning: () => ({ plans: [], refused: [] }),
      alerts: {
        update: async (current, scope) => {
          const keys = current.map(({ key }) => key);
          over.push(...everyPlace.filter((key) => !keys.includes(key) && scope.covers(key)));
        },
      },
      startedAt: after(today, -days(30)),
    },
    signal,
  );
  return { problems, over };
}

const everyPlace = accounts.flatMap((account) =>
  vpcs.map((vpcId) => `not-probed/${account}/${vpcId}`),
);

function told(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ key, facts }) =>
    facts.kind === 'not-probed' ? `${key}: ${facts.listeners}` : key,
  );
}

test('300 intranet listeners seen from outside are one alert an account and VPC, and none is unreachable', async () => {
  const outside = daemon(({ network }) => network === 'public');

  const { problems } = await scanAndAssess(outside);

  assert.deepEqual(
    told(problems),
    everyPlace.map((key) => `${key}: ${perVpc}`),
  );
  assert.deepEqual(outside.world.probes, []);
});

test('what answered before and is now outside the vantage is not unreachable either', async () => {
  const outside = daemon(() => false);
  const listeners = accounts.flatMap(intranet).map((state) => ({
    state,
    seenAt: after(today, -days(1)),
    absences: 0,
    served: state.endpoints.map(({ zone, address, port }) => servedAt({ zone, address, port })),
  }));
  outside.world.inventory = {
    ...outside.world.inventory,
    takenAt: listeners[0]?.seenAt ?? null,
    listeners,
  };

  const { problems } = await scanAndAssess(outside);

  assert.deepEqual(
    told(problems),
    everyPlace.map((key) => `${key}: ${perVpc}`),
  );
});

test('a daemon inside one of the VPCs sees that one, and only its alert is over', async () => {
  const inside = daemon(({ vpcId }) => vpcId === 'vpc-2');

  const { problems, over } = await scanAndAssess(inside);

  const seen = accounts.map((account) => `not-probed/${account}/vpc-2`);
  const rest = everyPlace.filter((key) => !seen.includes(key));
  assert.deepEqual(
    told(problems),
    rest.map((key) => `${key}: ${perVpc}`),
  );
  assert.deepEqual(over, seen);
});

test('inside, an endpoint that falls silent is unreachable: the rule is about the vantage alone', async () => {
  const inside = daemon(() => true);
  inside.world.serves = () => served();
  await scanAndAssess(inside);
  inside.world.serves = ({ endpoint }) =>
    endpoint.address === '10.0.1.7' ? failed('timeout') : served();

  const { problems } = await scanAndAssess(inside);

  assert.deepEqual(
    told(problems),
    accounts.map(
      (account) => `unreachable/${account}/cn-hangzhou/nlb/nlb-vpc-1/lsn-6@443/cn-hangzhou-b`,
    ),
  );
});
