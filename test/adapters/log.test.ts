import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../../src/adapters/log.ts';
import { Secret } from '../../src/config/secret.ts';
import { NewleafError } from '../../src/domain/errors.ts';

/** A destination that fails with these codes, one after the other, before it takes a line. */
function destination(...failures: readonly string[]) {
  const lines: string[] = [];
  let tries = 0;
  const write = (line: string): void => {
    const code = failures[tries];
    tries += 1;
    if (code !== undefined) throw Object.assign(new Error(`write ${code}`), { code });
    lines.push(line);
  };
  return { write, lines, tries: () => tries };
}

test('a line is one JSON object with a time, the facts as fields and the sentence', () => {
  const out = destination();

  openLog('info', out).warn({ rotationId: 'r-1', name: 'two\nlines' }, 'restore failed');

  const [line = ''] = out.lines;
  assert.match(line, /^\{.*\}\n$/);
  const { time, ...rest } = JSON.parse(line);
  assert.deepEqual(rest, {
    level: 40,
    rotationId: 'r-1',
    name: 'two\nlines',
    msg: 'restore failed',
  });
  assert.equal(new Date(time).toISOString(), time);
});

test('below the level nothing is written', () => {
  const out = destination();
  const log = openLog('info', out);

  log.debug({}, 'rotation moved on');
  log.error({}, 'request failed');

  assert.equal(out.lines.length, 1);
});

test('an error is told by message and code, and no secret gets out', () => {
  const out = destination();
  const cause = Object.assign(new Error('401'), { headers: { authorization: 'Bearer hush' } });
  const error = new NewleafError('sink.failed', 'cannot deliver', {
    cause,
    fields: { url: 'hush' },
  });

  openLog('info', out).error({ error, err: cause, url: new Secret('hush') }, 'delivery failed');

  const [line = ''] = out.lines;
  const told = JSON.parse(line);
  assert.deepEqual(told.error, { code: 'sink.failed', message: 'cannot deliver' });
  assert.deepEqual(told.err, { message: '401' });
  assert.doesNotMatch(line, /hush|at .*\.ts/);
});

test('a reader that is slow for a moment gets the line whole', () => {
  const out = destination('EAGAIN', 'EAGAIN');

  openLog('info', out).info({}, 'scan ended');

  assert.deepEqual([out.lines.length, out.tries()], [1, 3]);
});

test('a reader that went away does not stop the work', () => {
  const out = destination('EPIPE');
  const log = openLog('info', out);

  log.info({}, 'scan ended');
  log.info({}, 'stopping');

  assert.equal(out.lines.length, 1);
});

test('a reader that reads nothing is waited for once, not at every line', () => {
  const out = destination(...Array.from({ length: 60 }, () => 'EAGAIN'));
  const log = openLog('info', out);

  log.info({}, 'scan ended');
  assert.equal(out.tries(), 50);
  for (let line = 0; line < 10; line += 1) log.info({}, 'scan ended');
  assert.deepEqual([out.tries(), out.lines.length], [60, 0]);
  log.info({}, 'stopping');

  assert.equal(out.lines.length, 1);
});
