import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Policy, Window } from '../../src/domain/policy.ts';
import type { RotateRequest } from '../../src/domain/request.ts';
import { admitDue } from '../../src/usecases/admit.ts';
import { requestStatus, submitRequest } from '../../src/usecases/request.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { aListener, anInventory, after, days, hours, today } from '../helpers/facts.ts';
import { fleet, keyNo } from '../helpers/plannings.ts';

const signal = new AbortController().signal;
const nights: Window = {
  name: 'nights',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  start: '02:00',
  end: '05:00',
  timezone: 'UTC',
};

function wanted(overrides: Partial<RotateRequest> = {}): RotateRequest {
  return { listener: 'lsn-1@443', requestedBy: 'kim', reason: 'renewed by hand', ...overrides };
}

/** One listener whose certificate is not due for a month. */
function quietWorld(policy: Partial<Policy> = {}): AdmissionWorld {
  const long = { ...bound, notAfter: after(today, days(60)) };
  const renewal = aRenewal({ notAfter: after(today, days(180)) });
  return new AdmissionWorld(fleet(1, [long, renewal]), policy);
}

async function reasonOf(world: AdmissionWorld, request: RotateRequest): Promise<string> {
  const submitted = await submitRequest(world.deps(), request);
  return submitted.kind === 'refused' ? submitted.reason : `accepted as ${submitted.requestId}`;
}

async function dies(): Promise<never> {
  throw new Error('killed');
}

test('a request makes a listener due, is admitted with who asked and why, and ends with its rotation', async () => {
  const world = quietWorld();
  assert.deepEqual(await admitDue(world.deps(), signal), []);
  assert.deepEqual(await submitRequest(world.deps(), wanted({ requestId: 'q1' })), {
    kind: 'accepted',
    requestId: 'q1',
  });
  assert.deepEqual(await requestStatus(world.deps(), 'q1'), { kind: 'waiting', wait: null });

  const [rotationId = ''] = await admitDue(world.deps(), signal);

  assert.deepEqual((await world.journal.read(rotationId))?.record.trigger, {
    kind: 'manual',
    requestId: 'q1',
    requestedBy: 'kim',
    reason: 'renewed by hand',
    ignoreWindow: false,
  });
  assert.deepEqual(await requestStatus(world.deps(), 'q1'), { kind: 'rotation', rotationId });
  await world.end(rotationId, { kind: 'committed', foundDone: false });
  assert.deepEqual(await requestStatus(world.deps(), 'q1'), { kind: 'rotation', rotationId });
  assert.equal((await world.operator.read()).requests[0]?.state.kind, 'finished');
  assert.deepEqual(await admitDue(world.deps(), signal), []);
});

test('a request gets an id when it brings none', async () => {
  const world = quietWorld();

  assert.match(await reasonOf(world, wanted()), /^accepted as \w{32}$/);
});

test('the listener may be named by its full key, and must be named so where its id is not enough', async () => {
  const twice = anInventory({
    listeners: [aListener(), aListener({ ref: { account: 'other' } })],
    certificates: [bound, aRenewal()],
  });
  const world = new AdmissionWorld(twice);

  assert.match(
    await reasonOf(world, wanted()),
    /names 2 listeners, say which: main\/.*lsn-1@443, other\/.*lsn-1@443/,
  );
  assert.match(await reasonOf(world, wanted({ listener: keyNo(1) })), /^accepted/);
  assert.match(await reasonOf(world, wanted({ listener: 'lsn-7' })), /no listener lsn-7 is known/);
});

test('the policy is obeyed: observe refuses, and the window is ignored only where it allows that', async () => {
  const ignoring = wanted({ ignoreWindow: true });

  assert.match(await reasonOf(quietWorld({ mode: 'observe' }), wanted()), /only observes/);
  assert.match(await reasonOf(quietWorld({ windows: [nights] }), ignoring), /does not allow/);
  const allowing = quietWorld({ windows: [nights], allowIgnoreWindow: true });
  assert.match(await reasonOf(allowing, ignoring), /^accepted/);
  assert.equal((await admitDue(allowing.deps(), signal)).length, 1);
});

test('a request waits for approval, windows and freezes, and says for what', async () => {
  const approve = quietWorld({ mode: 'approve' });
  const window = quietWorld({ windows: [nights] });
  const frozen = quietWorld();
  const freeze = { name: 'sale', from: today, until: after(today, hours(9)), allowEmergency: true };
  frozen.rules = { ...frozen.rules, freezes: [freeze] };

  for (const [world, reason] of [
    [approve, 'approval'],
    [window, 'window'],
    [frozen, 'freeze'],
  ] as const) {
    await submitRequest(world.deps(), wanted({ requestId: 'q' }));
    assert.deepEqual(await admitDue(world.deps(), signal), []);
    const status = await requestStatus(world.deps(), 'q');
    assert.equal(status.kind === 'waiting' && status.wait?.reason, reason);
  }
});

test('a mistaken request is refused with what is so instead', async () => {
  const world = quietWorld();

  assert.match(
    await reasonOf(world, wanted({ from: '9-x' })),
    /default slot holds 101-cn-hangzhou, not 9-x/,
  );
  assert.match(await reasonOf(world, wanted({ to: bound.id })), /is bound already/);
  assert.match(await reasonOf(world, wanted({ to: '9-x' })), /the store has no certificate 9-x/);
  assert.match(await reasonOf(world, wanted({ slot: 'ca' })), /ca slot holds no certificate/);
});

test('a pinned certificate is used although another would be preferred, and still has to pass every check', async () => {
  const shorter = aRenewal({ id: '150-x', notAfter: after(today, days(50)) });
  const small = aRenewal({ id: '151-x', keyBits: 1024 });
  const world = new AdmissionWorld(fleet(1, [bound, aRenewal(), shorter, small]));

  assert.match(
    await reasonOf(world, wanted({ to: '151-x' })),
    /^151-x has an rsa key of 1024 bits/,
  );
  assert.match(await reasonOf(world, wanted({ to: '150-x' })), /^accepted/);
  const [rotationId = ''] = await admitDue(world.deps(), signal);
  assert.equal((await world.journal.read(rotationId))?.record.plan.to.id, '150-x');
});

test('without any candidate, and for a certificate that left the store, the refusal says so', async () => {
  const lonely = new AdmissionWorld(fleet(1, [bound]));
  const rows = [
    { slot: 'default', id: bound.id, state: 'bound' },
    { slot: 'additional', id: '300-x', state: 'bound' },
  ] as const;
  const mixed = new AdmissionWorld(
    anInventory({ listeners: [aListener({ bound: rows })], certificates: [bound, aRenewal()] }),
  );

  assert.match(await reasonOf(lonely, wanted()), /the store has no other certificate/);
  assert.match(
    await reasonOf(mixed, wanted({ slot: 'additional' })),
    /300-x is no longer in the store/,
  );
});

test('a repeat is one request, by its id or by asking for the same', async () => {
  const world = quietWorld();
  await submitRequest(world.deps(), wanted({ requestId: 'q1' }));

  assert.equal(await reasonOf(world, wanted({ requestId: 'q1' })), 'accepted as q1');
  assert.equal(await reasonOf(world, wanted({ requestId: 'q2' })), 'accepted as q1');
  assert.equal(await reasonOf(world, wanted()), 'accepted as q1');
  assert.match(
    await reasonOf(world, wanted({ requestId: 'q1', to: '202-cn-hangzhou' })),
    /was used for another request/,
  );
  assert.equal((await world.operator.read()).requests.length, 1);
});

test('a request for what is already under way joins that rotation', async () => {
  const world = new AdmissionWorld();
  const [rotationId = ''] = await admitDue(world.deps(), signal);

  assert.match(await reasonOf(world, wanted({ requestId: 'q1' })), /^accepted/);
  assert.match(await reasonOf(world, wanted({ requestId: 'q2', to: '202-cn-hangzhou' })), /^acc/);

  for (const id of ['q1', 'q2']) {
    assert.deepEqual(await requestStatus(world.deps(), id), { kind: 'rotation', rotationId });
  }
});

test('after a rotation the listener must be scanned before it is rotated by hand again', async () => {
  const world = new AdmissionWorld();
  const [rotationId = ''] = await admitDue(world.deps(), signal);
  await world.end(rotationId, { kind: 'committed', foundDone: false });

  assert.match(await reasonOf(world, wanted()), /no scan has looked at it since/);
});

test('a request that can no longer be met is refused with the reason, and a repeat gets the same answer', async () => {
  const world = quietWorld({ windows: [nights] });
  await submitRequest(world.deps(), wanted({ requestId: 'q1' }));
  const [policy] = world.rules.policies;
  assert.ok(policy);
  world.rules = { ...world.rules, policies: [{ ...policy, mode: 'observe' }] };

  await admitDue(world.deps(), signal);

  const refusal = { kind: 'refused', reason: 'policy defaults only observes' };
  assert.deepEqual(await requestStatus(world.deps(), 'q1'), refusal);
  assert.deepEqual(await submitRequest(world.deps(), wanted({ requestId: 'q1' })), refusal);
});

test('the schedule goes on where a request is refused', async () => {
  const world = new AdmissionWorld(fleet(1), { windows: [nights] });
  await submitRequest(world.deps(), wanted({ requestId: 'q1', to: '202-cn-hangzhou' }));
  const renewed = aRenewal({ id: '303-cn-hangzhou' });
  world.inventory = fleet(1, [bound, renewed]);
  world.pass(hours(2.5));

  const [rotationId = ''] = await admitDue(world.deps(), signal);

  const status = await requestStatus(world.deps(), 'q1');
  assert.equal(
    status.kind === 'refused' && status.reason,
    'the store has no certificate 202-cn-hangzhou',
  );
  assert.equal((await world.journal.read(rotationId))?.record.trigger.kind, 'schedule');
});

test('a listener that rests after a failure of its own may be tried again by hand', async () => {
  const world = new AdmissionWorld();
  const [first = ''] = await admitDue(world.deps(), signal);
  await world.end(first, { kind: 'refused', reason: 'blind', detail: 'zone b' });
  assert.deepEqual(await admitDue(world.deps(), signal), []);

  assert.match(await reasonOf(world, wanted()), /^accepted/);

  assert.equal((await admitDue(world.deps(), signal)).length, 1);
});

test('a request for a listener that disappeared is refused', async () => {
  const world = quietWorld({ windows: [nights] });
  await submitRequest(world.deps(), wanted({ requestId: 'q1' }));
  world.inventory = anInventory();

  await admitDue(world.deps(), signal);

  assert.deepEqual(await requestStatus(world.deps(), 'q1'), {
    kind: 'refused',
    reason: 'the listener is gone',
  });
});

test('a deferred rotation opens its request again, and the next one has an id of its own', async () => {
  const world = quietWorld();
  await submitRequest(world.deps(), wanted({ requestId: 'q1' }));
  const [first = ''] = await admitDue(world.deps(), signal);
  assert.deepEqual(await admitDue(world.deps(), signal), []);
  await world.end(first, { kind: 'deferred', reason: 'window', detail: 'closed' });

  const [second = ''] = await admitDue(world.deps(), signal);

  assert.notEqual(second, first);
  assert.deepEqual(await requestStatus(world.deps(), 'q1'), {
    kind: 'rotation',
    rotationId: second,
  });
});

test('a crash after the record was written does not rotate twice for one request', async () => {
  const world = quietWorld();
  await submitRequest(world.deps(), wanted({ requestId: 'q1' }));
  const { operator } = world;
  const crashing = world.deps({ operator: { read: () => operator.read(), update: dies } });
  await assert.rejects(admitDue(crashing, signal), /killed/);
  const [rotationId = ''] = (await world.admission.read()).inFlight.map((each) => each.rotationId);
  await world.end(rotationId, { kind: 'committed', foundDone: false });

  assert.deepEqual(await admitDue(world.deps(), signal), []);

  assert.deepEqual(await requestStatus(world.deps(), 'q1'), { kind: 'rotation', rotationId });
});

test('answers are kept for a month, open requests for as long as they wait', async () => {
  const world = quietWorld({ windows: [{ ...nights, days: [] }] });
  await submitRequest(world.deps(), wanted({ requestId: 'q1' }));
  const done = { kind: 'refused', reason: 'no', at: today } as const;
  await world.operator.update((state) => ({
    next: {
      ...state,
      requests: state.requests.flatMap((each) => [each, { ...each, requestId: 'q0', state: done }]),
    },
    result: null,
  }));

  world.pass(days(30));
  await admitDue(world.deps(), signal);

  assert.deepEqual(await requestStatus(world.deps(), 'q0'), { kind: 'unknown' });
  assert.equal((await world.operator.read()).requests.length, 1);
});
