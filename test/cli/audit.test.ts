import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditCheckDocument, AuditDocument, AuditQuery } from '../../src/api/audit.ts';
import type { AuditHead } from '../../src/domain/audit.ts';
import type { Desk } from '../../src/web/desk.ts';
import { against } from '../helpers/daemon-cli.ts';
import { aDesk, openServer, reader } from '../helpers/desk.ts';
import { ask, bearer } from '../web/ask.ts';

const head = { entries: 8, hash: 'ab'.repeat(32) };

const rows: AuditDocument = {
  entries: [
    {
      sequence: 7,
      at: '2026-11-22T10:00:00.123Z',
      actor: 'ada',
      action: 'rotation.called',
      listener: 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443',
      rotationId: 'r-1',
      planHash: 'cd'.repeat(32),
      clientToken: 'token-1',
      cloudRequestId: 'REQ-1',
      facts: { step: 0, reason: 'two\nlines', job: null },
      source: 'rotation/r-1/e3',
      previous: 'ef'.repeat(32),
      hash: head.hash,
    },
  ],
  head,
};

const broken: AuditCheckDocument = {
  whole: false,
  checked: 7,
  head,
  forgotten: { entries: 2, hash: '01'.repeat(32) },
  flaws: [{ kind: 'edited', sequence: 5, detail: 'the row is not the one that was written' }],
};

function desk(check: AuditCheckDocument = { ...broken, whole: true, flaws: [], forgotten: null }) {
  const queries: AuditQuery[] = [];
  const heads: (AuditHead | null)[] = [];
  const parts: Partial<Desk> = {
    audit: async (query) => {
      queries.push(query);
      return rows;
    },
    verifyAudit: async (kept) => {
      heads.push(kept);
      return check;
    },
  };
  return { parts, queries, heads };
}

test('audit prints the newest rows, each on one line, or one document', async () => {
  const { parts } = desk();

  const words = await against(parts, 'audit', reader);
  const json = await against(parts, 'audit list --json', reader);
  const none = await against({}, 'audit', reader);

  assert.match(
    words.out,
    /^ROW .*\n7 +2026-11-22T10:00:00Z +ada +rotation\.called +lsn-1@443 +r-1 +cdcdcdcdcdcd +step=0 reason=two lines token=token-1 cloud=REQ-1\n$/,
  );
  assert.deepEqual(JSON.parse(json.out), rows);
  assert.equal(none.out, 'no row of the audit fits\n');
});

test('audit asks for what its options say', async () => {
  const { parts, queries } = desk();

  await against(
    parts,
    'audit --listener lsn-1@443 --rotation r-1 --plan cdcd --actor ada --action freeze --since 2026-11-22T00:00Z --until 2026-11-23T00:00+08:00 --limit 5',
    reader,
  );

  assert.deepEqual(queries, [
    {
      listener: 'lsn-1@443',
      rotation: 'r-1',
      plan: 'cdcd',
      actor: 'ada',
      action: 'freeze',
      since: '2026-11-22T00:00:00.000Z',
      until: '2026-11-22T16:00:00.000Z',
      limit: 5,
    },
  ]);
});

test('audit verify ends with 0 for a whole chain and tells the end to keep', async () => {
  const { parts, heads } = desk();

  const { code, out } = await against(parts, 'audit verify', reader);

  assert.equal(code, 0);
  assert.equal(out, `the audit is whole: 7 rows checked\nends at 8:${head.hash}\n`);
  assert.deepEqual(heads, [null]);
});

test('audit verify ends with 3 for a broken chain and names the row', async () => {
  const { parts, heads } = desk(broken);

  const { code, out } = await against(parts, `audit verify --head 8:${head.hash}`, reader);
  const json = await against(parts, 'audit verify --json', reader);

  assert.deepEqual([code, json.code], [3, 3]);
  assert.equal(
    out,
    `the audit is broken: 7 rows checked\n2 rows before them were forgotten for their age\nrow 5 edited: the row is not the one that was written\nends at 8:${head.hash}\n`,
  );
  assert.deepEqual(JSON.parse(json.out), broken);
  assert.deepEqual(heads, [head, null]);
});

test('a wrong end or a wrong filter is refused by its name', async () => {
  const { parts } = desk();
  await using server = await openServer(aDesk(parts));
  const get = (path: string) =>
    ask(server.url, `/api/v1${path}`, { headers: bearer('reader-hush') });

  const wrong = await against(parts, 'audit verify --head 8', reader);
  const [limit, colour, since, end] = await Promise.all([
    get('/audit?limit=0'),
    get('/audit?colour=red'),
    get('/audit?since=yesterday'),
    get('/audit/verify?head=8'),
  ]);

  assert.deepEqual([wrong.code, limit?.status, colour?.status], [2, 400, 400]);
  assert.deepEqual([since?.status, end?.status], [400, 400]);
  assert.match(limit?.text ?? '', /limit: /);
  assert.match(end?.text ?? '', /head: must be ENTRIES:HASH/);
  assert.equal((await ask(server.url, '/api/v1/audit')).status, 401);
});
