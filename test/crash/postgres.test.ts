import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { postgresBin, startPostgres, type TestPostgres } from '../helpers/postgres.ts';
import { type LanePlan, workFleet } from './fleet.ts';
import { nameOf } from './points.ts';
import { type Course, cut, shares } from './shares.ts';

// Not registered at all where there is no server to test with.
if (postgresBin !== null) {
  const bin = postgresBin;
  let shared: TestPostgres;
  let fragile: TestPostgres;

  before(async () => {
    const settings = ['max_connections=200'];
    shared = await startPostgres(bin, { settings });
    fragile = await startPostgres(bin);
  });
  after(() => Promise.all([shared.dispose(), fragile.dispose()]));

  /** Two lanes for each course; a second replica takes over where it is asked for. */
  const killings = (course: Course, replica: boolean): Promise<readonly LanePlan[]> =>
    Promise.all(
      cut(shares.postgres[course], 2).map(async (points, at): Promise<LanePlan> => {
        const hasReplica = replica && at === 0;
        return {
          title: `${course}: killed ${points.map(nameOf).join(', ')}${hasReplica ? ', a replica takes over' : ''}`,
          course,
          options: {
            config: { store: { url: await shared.database(`${course}-${at}`) } },
            replica: hasReplica,
          },
          work: async (lane) => {
            for (const point of points) await lane.run(point);
          },
        };
      }),
    );

  const outages = async (): Promise<readonly LanePlan[]> => {
    const restart = async (): Promise<void> => {
      await fragile.kill();
      await fragile.start();
    };
    return [
      {
        title:
          'the server is killed and started while the daemon is dead too, then in mid-rotation',
        course: 'default',
        options: { config: { store: { url: await fragile.database('lane') } }, meanwhile: restart },
        work: async (lane) => {
          await lane.run({ at: 'append', when: 'after', kind: 'called', nth: 1 });
          await lane.outlive('called', restart);
        },
      },
    ];
  };

  test('a daemon on PostgreSQL may be killed at any point of a rotation: it ends well, and what is served matches', {
    concurrency: true,
  }, async (t) => {
    const plans = [
      ...(await killings('default', true)),
      ...(await killings('additional', false)),
      ...(await killings('ca', false)),
      ...(await outages()),
    ];

    const kills = await workFleet(t, plans);

    t.diagnostic(`${kills} daemons were killed on PostgreSQL`);
    assert.equal(kills, Object.values(shares.postgres).flat().length + 1);
    assert.ok(kills >= 10);
  });
}
