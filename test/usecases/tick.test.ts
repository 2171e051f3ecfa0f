import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../src/domain/errors.ts';
import { type Chore, tick } from '../../src/usecases/tick.ts';
import { steady } from '../helpers/alerts.ts';
import { logBook } from '../helpers/log-book.ts';

function chores(done: string[], works: Readonly<Record<string, () => void>>): readonly Chore[] {
  return Object.entries(works).map(([name, work]) => ({
    name,
    run: async () => {
      work();
      done.push(name);
    },
  }));
}

const fail = (error: unknown) => (): never => {
  throw error;
};

test('a chore that fails is logged once by code and does not keep the others from being done', async () => {
  const done: string[] = [];
  const { log, lines } = logBook();
  const works = {
    assess: fail(new NewleafError('store.unavailable', 'read inventory: no answer in time')),
    admit: fail('not even an error'),
    reconcile: () => {},
  };

  const failed = await tick(chores(done, works), log, steady);

  assert.deepEqual([failed, done], [['assess', 'admit'], ['reconcile']]);
  assert.deepEqual(
    lines.map(({ level, fields }) => [level, fields]),
    [
      [
        'warn',
        {
          chore: 'assess',
          code: 'store.unavailable',
          error: 'read inventory: no answer in time',
        },
      ],
      ['warn', { chore: 'admit', code: 'internal', error: 'not even an error' }],
    ],
  );
});

test('once stopping nothing more is started, and a chore cut short is no failure', async () => {
  const done: string[] = [];
  const { log, lines } = logBook();
  const stopping = new AbortController();
  const works = {
    assess: () => {
      stopping.abort(new Error('the daemon stops'));
      throw new Error('aborted in the middle');
    },
    reconcile: () => {},
  };

  await assert.rejects(tick(chores(done, works), log, stopping.signal), /the daemon stops/);
  await assert.rejects(tick(chores(done, works), log, stopping.signal), /the daemon stops/);

  assert.deepEqual([done, lines], [[], []]);
});
