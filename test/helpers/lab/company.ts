import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deedsOn } from './deeds.ts';
import { allowedEnds, Explorer, placesIn, withoutLaterLooks } from './explore.ts';
import { badCertificate, failuresOf, type Failure } from './failures.ts';
import type { End } from './judge.ts';
import { shapes, type Shape } from './shapes.ts';
import type { Event } from './world.ts';

const anyEnd: readonly End[] = ['committed', 'rolled-back', 'refused', 'needs-operator'];

/** A good candidate and a bad one. */
function courses(shape: Shape): readonly Failure[] {
  return [
    { name: 'nothing', faults: {}, ends: 'committed' },
    { name: 'a bad certificate', faults: badCertificate(shape), ends: 'rolled-back' },
  ];
}

/** Courses in which somebody is in the middle of a write for long. */
const eventful = new Set([
  'nothing',
  'call 1: lost-before',
  'call 2: lost-before',
  'call 1: job-fails',
  'call 1: refused',
  'call 2: refused',
  'call 1: late, and none comes through after it',
]);

function eventfulCourses(shape: Shape): readonly Failure[] {
  const some = failuresOf(shape).filter(({ name }) => eventful.has(name));
  return [...some, ...courses(shape).slice(1)];
}

/** Somebody else does each thing at each place of a course. */
export function testThirdParties(everyNth: number): void {
  for (const shape of shapes) {
    test(`nobody's certificate is overwritten under a plan of the shape "${shape.name}"`, async (t) => {
      const explorer = new Explorer();
      const turn = every(everyNth);

      for (const failure of courses(shape)) {
        const clean = await explorer.expect({ shape, failure, events: [] }, [failure.ends]);
        const allowed = anyEnd.filter((end) => end !== 'committed' || end === failure.ends);
        for (const place of placesIn(withoutLaterLooks(clean.trace))) {
          for (const deed of deedsOn(shape).filter(turn)) {
            const events: readonly Event[] = [{ ...place, kind: 'deed', deed }];
            await explorer.expect({ shape, failure, events }, allowed);
          }
        }
      }

      finish(t, explorer);
    });
  }
}

const wakes: readonly (number | 'end')[] = [1, 2, 3, 5, 8, 13, 21, 'end'];

/** A process sleeps at each place, and wakes while or after another one carries on. */
export function testSleepers(everyNth: number): void {
  for (const shape of shapes) {
    test(`a process that wakes late does no harm to a plan of the shape "${shape.name}"`, async (t) => {
      const explorer = new Explorer();
      const turn = every(everyNth);

      for (const failure of eventfulCourses(shape)) {
        const { trace } = await explorer.expect({ shape, failure, events: [] }, [failure.ends]);
        for (const place of placesIn(withoutLaterLooks(trace))) {
          // A call that is held up for longer than anybody looks is not this program's to find.
          const isCall = trace[place.at - 1] === 'start' && place.when === 'before';
          const due = wakes.filter((wake) => wake !== 'end' || !isCall).filter(turn);
          for (const wake of due) {
            const events: readonly Event[] = [{ ...place, kind: 'pause', wake }];
            await explorer.expect({ shape, failure, events }, allowedEnds(failure));
          }
        }
      }

      finish(t, explorer);
    });
  }
}

/** Two processes die, one at any place and one at any later place; or one dies while another one has joined. */
export function testPairs(everyNth: number): void {
  for (const shape of shapes) {
    test(`two deaths, or a death in company, do no harm to a plan of the shape "${shape.name}"`, async (t) => {
      const explorer = new Explorer();
      const turn = every(everyNth);

      for (const failure of eventfulCourses(shape)) {
        const { trace } = await explorer.expect({ shape, failure, events: [] }, [failure.ends]);
        const places = placesIn(withoutLaterLooks(trace));
        for (const [index, first] of places.entries()) {
          for (const second of places.slice(index + 1).filter(turn)) {
            const kill: Event = { ...second, kind: 'kill' };
            await explorer.expect(
              { shape, failure, events: [{ ...first, kind: 'kill' }, kill] },
              allowedEnds(failure),
            );
            await explorer.expect(
              { shape, failure, events: [{ ...first, kind: 'join' }, kill] },
              allowedEnds(failure),
            );
          }
        }
      }

      finish(t, explorer);
    });
  }
}

/** True for every n-th question. */
function every(n: number): () => boolean {
  let asked = 0;
  return () => {
    asked += 1;
    return asked % n === 0;
  };
}

function finish(t: { diagnostic(message: string): void }, explorer: Explorer): void {
  t.diagnostic(explorer.summary());
  assert.deepEqual(explorer.failures.slice(0, 5), []);
}
