import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedEnds, Explorer, placesIn, withoutLaterLooks } from './explore.ts';
import { failuresOf } from './failures.ts';
import { shapes } from './shapes.ts';

/** For each shape every failure, and a kill at each place of its course, or at every n-th where there are too many. */
export function testKills(names: readonly string[], everyNth = 1): void {
  for (const shape of shapes.filter(({ name }) => names.includes(name))) {
    test(`a plan of the shape "${shape.name}" ends well whatever fails and wherever the process dies`, async (t) => {
      const explorer = new Explorer();
      let places = 0;

      for (const failure of failuresOf(shape)) {
        const clean = await explorer.expect({ shape, failure, events: [] }, [failure.ends]);
        const course = failure.name === 'nothing' ? clean.trace : withoutLaterLooks(clean.trace);
        for (const place of placesIn(course)) {
          places += 1;
          if (places % everyNth !== 0) continue;
          const events = [{ ...place, kind: 'kill' as const }];
          await explorer.expect({ shape, failure, events }, allowedEnds(failure));
        }
      }

      t.diagnostic(explorer.summary());
      assert.deepEqual(explorer.failures.slice(0, 5), []);
    });
  }
}
