import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Admission, InFlight } from '../../../src/domain/admission.ts';
import type { Certificate } from '../../../src/domain/certificate.ts';
import { listenerKey, type ListenerState } from '../../../src/domain/listener.ts';
import { onListener } from '../../../src/domain/trial.ts';
import { rotationKey } from '../../../src/usecases/rotate/close.ts';
import { resolveRotation } from '../../../src/usecases/rotate/resolve.ts';
import { after, today } from '../../helpers/facts.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

/** Once the rotation has ended, the listener holds and serves this certificate. */
function rebound(world: RotationWorld, certificate: Certificate): void {
  const ended = (): boolean => world.entries.some(({ kind }) => kind === 'closed');
  world.readAs(
    (state): ListenerState =>
      ended()
        ? { ...state, bound: [{ slot: 'default', id: certificate.id, state: 'bound' }] }
        : state,
  );
  const before = { ...world.cloud.prober };
  world.cloud.prober.observe = async (probe, signal) =>
    ended() ? world.cloud.show(certificate, probe) : before.observe(probe, signal);
}

async function severityAfter(world: RotationWorld): Promise<string | undefined> {
  const rotation = await world.run();
  assert.ok(rotation.secondLooks.length >= 2);
  return world.problems.get(rotationKey(rotation))?.severity;
}

test('a certificate that somebody bound after the commit is no news about this rotation', async () => {
  const world = new RotationWorld();
  rebound(world, world.cloud.intruder);

  assert.equal(await severityAfter(world), 'info');
});

test('an old certificate that is bound again after the commit is told loudly', async () => {
  const world = new RotationWorld();
  rebound(world, world.cloud.old);

  assert.equal(await severityAfter(world), 'critical');
});

test('a swap that lands after the rollback has closed is told loudly', async () => {
  const world = new RotationWorld({ stuckZone: 'cn-hangzhou-b' });
  rebound(world, world.cloud.fresh);

  assert.equal(await severityAfter(world), 'critical');
});

/** From now on the Admission reads as `change` has it. */
function admitting(world: RotationWorld, change: (current: Admission) => Admission): void {
  const before = world.adjust;
  world.adjust = (deps) => {
    const { admission, ...others } = before(deps);
    const read = async () => change(await admission.read());
    return { ...others, admission: { ...admission, read } };
  };
}

for (const { what, change } of [
  {
    what: 'has committed since',
    change: (current: Admission, { cloud, clock, record }: RotationWorld): Admission => {
      const place = onListener(cloud.fresh.fingerprint256 ?? '', listenerKey(record.plan.ref));
      const since = after(clock.now(), -1000);
      return {
        ...current,
        candidates: { ...current.candidates, [place]: { kind: 'proven', since } },
      };
    },
  },
  {
    what: 'is at work',
    change: (current: Admission, { record }: RotationWorld): Admission => ({
      ...current,
      inFlight: [anEntry({ rotationId: 'r2', listener: listenerKey(record.plan.ref) })],
    }),
  },
  {
    what: 'waits for an operator',
    change: (current: Admission, { clock, record }: RotationWorld): Admission => ({
      ...current,
      holds: {
        [listenerKey(record.plan.ref)]: { rotationId: 'r2', since: clock.now(), reason: 'x' },
      },
    }),
  },
]) {
  test(`a later look is no news while another rotation of this listener ${what}`, async () => {
    const world = new RotationWorld({ stuckZone: 'cn-hangzhou-b' });
    rebound(world, world.cloud.fresh);
    admitting(world, (current) => change(current, world));

    assert.equal(await severityAfter(world), 'warning');
  });
}

function anEntry(given: Pick<InFlight, 'rotationId' | 'listener'>): InFlight {
  const since = today;
  return { loadBalancer: 'nlb-1', candidate: 'other', policy: 'default', since, ...given };
}

/** One later look, the n-th from 0, shows the old leaf. */
function fallingBack(world: RotationWorld, isWrong: (look: number) => boolean): void {
  const before = { ...world.cloud.prober };
  const looks = (): number => world.entries.filter(({ kind }) => kind === 'looked-again').length;
  const ended = (): boolean => world.entries.some(({ kind }) => kind === 'closed');
  world.cloud.prober.observe = async (probe, signal) =>
    ended() && isWrong(looks())
      ? world.cloud.show(world.cloud.old, probe)
      : before.observe(probe, signal);
}

test('the alarm of a later look ends with the next one that is well', async () => {
  const world = new RotationWorld();
  fallingBack(world, (look) => look === 0);

  assert.equal(await severityAfter(world), 'info');
});

test('after an alarm it is looked again for a day, until all is well', async () => {
  const healed = new RotationWorld();
  fallingBack(healed, (look) => look < 3);
  const never = new RotationWorld();
  fallingBack(never, () => true);

  assert.equal(await severityAfter(healed), 'info');
  assert.equal(await severityAfter(never), 'critical');
  const looks = never.entries.filter(({ kind }) => kind === 'looked-again');
  assert.equal(looks.length, 5);
});

test('the alarm of a later look ends when somebody answers for the listener', async () => {
  const world = new RotationWorld();
  fallingBack(world, (look) => look > 0 && look < 5);
  await world.run();
  assert.equal([...world.problems.values()][0]?.severity, 'critical');
  world.cloud.prober.observe = async (probe) => world.cloud.show(world.cloud.fresh, probe);
  const answer = { rotationId: 'r1', as: 'new', by: 'ada', note: 'a zone was late' } as const;

  const resolved = await resolveRotation(world.deps(), answer, new AbortController().signal);

  assert.equal(resolved.kind, 'resolved');
  assert.equal(world.problems.size, 0);
});
