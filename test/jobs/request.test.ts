import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { requestJob } from '../../jobs/request.ts';
import { RotateBody } from '../../src/api/requests.ts';
import type { RotateRequest } from '../../src/domain/request.ts';

/** What becomes of one job: the request that was read, or why it was refused. */
async function run(job: { readonly id: string; readonly name?: string; readonly data: unknown }) {
  const taken: RotateRequest[] = [];
  const refused: { readonly requestId: string; readonly reason: string }[] = [];
  const kind = requestJob(
    async (request) => void taken.push(request),
    async (request) => void refused.push(request),
  );
  const never = new AbortController().signal;
  await kind.run({ name: 'rotate', timestamp: 1_764_000_000_000, ...job }, never).catch(() => {});
  return { taken, refused };
}

const wanted = { listener: 'lsn-1@443', requestedBy: 'pipeline 7', reason: 'renewed' };

test('a job that somebody named is a request of that name, and repeats of it are one', async () => {
  const { taken } = await run({ id: 'renewal-4711', data: wanted });

  assert.deepEqual(taken, [{ ...wanted, requestId: 'renewal-4711' }]);
});

test('a number that the queue gave is not taken for the same number of another queue', async () => {
  const { taken } = await run({ id: '17', data: wanted });

  assert.equal(taken[0]?.requestId, 'queue-17-1764000000000');
});

test('an id in the payload goes before that of the job', async () => {
  const { taken } = await run({ id: '17', data: { ...wanted, requestId: 'mine' } });

  assert.equal(taken[0]?.requestId, 'mine');
});

const anything = fc.oneof(
  fc.constantFrom('', ' padded ', 'two\nlines', 'x'.repeat(501)),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(7, true, null, []),
);

/** What fits, and now and then something else. */
function mostly(...fitting: readonly (string | boolean)[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: anything },
  );
}

const request = fc.record(
  {
    listener: mostly('lsn-1@443'),
    requestedBy: mostly('ci'),
    reason: mostly('renewed'),
    slot: mostly('default', 'additional', 'ca'),
    from: mostly('1-x'),
    to: mostly('2-x'),
    ignoreWindow: mostly(true, false),
    requestId: mostly('q1'),
  },
  { requiredKeys: ['listener', 'requestedBy', 'reason'] },
);

const payload = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: request.map((body) => ({ ...body, force: true })) },
  { weight: 6, arbitrary: request },
);

test('a job is taken exactly if it fits the published schema, and a refusal says why in words', async () => {
  const seen = { taken: 0, refused: 0 };

  await fc.assert(
    fc.asyncProperty(payload, async (data) => {
      const fits = RotateBody.safeParse(data);

      const { taken, refused } = await run({ id: 'job', data });

      assert.deepEqual([taken.length, refused.length], fits.success ? [1, 0] : [0, 1]);
      seen[fits.success ? 'taken' : 'refused'] += 1;
      if (fits.success) assert.deepEqual(taken, [{ requestId: 'job', ...fits.data }]);
      else assert.match(refused[0]?.reason ?? '', /^the payload does not fit: ./);
    }),
    { numRuns: 300 },
  );
  assert.ok(seen.taken >= 10 && seen.refused >= 10, JSON.stringify(seen));
});
