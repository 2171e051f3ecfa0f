import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RotationDocument } from '../../src/api/rotation.ts';
import type { ScanDocument } from '../../src/api/scan.ts';
import type { Io } from '../../src/cli/io.ts';
import { renderScan, type ScanView } from '../../src/cli/render/bindings.ts';
import { renderRotation, renderRotations } from '../../src/cli/render/rotation.ts';
import { table } from '../../src/cli/render/table.ts';
import { aBindingDocument, aRolledBackRotation } from '../helpers/desk.ts';
import { after, days, hours, today } from '../helpers/facts.ts';

const plain: Io = { out: () => {}, err: () => {}, interactive: false, color: false };
const coloured: Io = { ...plain, color: true };

const ending = (left: number): string => after(today, left).toISOString();

const finding = (kind: string, advice = `${kind}: do this.`) => ({ kind, advice });

const bindings = [
  aBindingDocument({
    severity: 'expired',
    notAfter: ending(-hours(5)),
    findings: [finding('drift'), finding('drift'), finding('unreachable')],
  }),
  aBindingDocument({ region: 'eu-central-1', notAfter: ending(days(3)) }),
  aBindingDocument({
    notAfter: ending(days(6)),
    names: ['a.example.com', 'b.example.com', 'c.example.com'],
    loadBalancerName: '',
    slot: 'additional',
    findings: [finding('drift')],
  }),
  aBindingDocument({ severity: 'ok', notAfter: null, names: [], region: 'eu-central-1' }),
];

const aGap: ScanDocument['missing'][number] = {
  account: 'main',
  region: 'eu-central-1',
  part: 'listeners',
  action: 'ListListeners',
  code: 'cloud.denied',
  loadBalancerId: null,
  listenerId: null,
};

function view(document: Partial<ScanDocument>, overrides: Partial<ScanView> = {}): ScanView {
  const whole = { takenAt: null, bindings: [], missing: [], ...document };
  const total = whole.bindings.length;
  return { document: whole, total, wide: false, whenEmpty: 'nothing is there', ...overrides };
}

test('bindings stand by place and time left; below them what to do, and what could not be read', () => {
  const unread = { ...aGap, action: 'ListListenerCertificates', code: 'Throttling' };
  const missing = [
    { ...unread, listenerId: 'lsn-7@443' },
    aGap,
    { ...unread, listenerId: 'lsn-8@443' },
  ];

  const text = renderScan(plain, view({ bindings, missing }), today);

  assert.equal(
    text,
    `LEFT     SEVERITY  NAMES                            LOAD BALANCER  LISTENER   SLOT        CERTIFICATE      FINDINGS
main / cn-hangzhou
5 h ago  expired   www.example.com                  edge           lsn-1@443  default     101-cn-hangzhou  drift, unreachable
6 d      warning   a.example.com, b.example.com +1  nlb-1          lsn-1@443  additional  101-cn-hangzhou  drift
main / eu-central-1
3 d      warning   www.example.com                  edge           lsn-1@443  default     101-cn-hangzhou
unknown  -                                          edge           lsn-1@443  default     101-cn-hangzhou
drift (2): drift: do this.
unreachable (1): unreachable: do this.
missing: ListListenerCertificates in eu-central-1 of main answered Throttling for 2 listeners
missing: ListListeners in eu-central-1 of main failed with cloud.denied
`,
  );
});

test('the wide table has every name, tag, owner, date, policy, quota and link', () => {
  const row = aBindingDocument({
    names: ['a.example.com', 'b.example.com', 'c.example.com'],
    tags: { env: 'prod', team: 'web' },
    ownedBy: 'kubernetes/c1/shop',
    findings: [finding('drift')],
  });

  const text = renderScan(plain, view({ bindings: [row] }, { wide: true }), today);

  const [head, , line] = text.split('\n');
  const cells = new Map(
    (head ?? '').split(/ {2,}/).map((title, at) => [title, line?.split(/ {2,}/)[at]] as const),
  );
  assert.deepEqual(Object.fromEntries(cells), {
    LEFT: '6 d',
    SEVERITY: 'warning',
    UNTIL: '2026-11-28T00:00:00.000Z',
    NAMES: 'a.example.com, b.example.com, c.example.com',
    'LOAD BALANCER': 'nlb-1 (edge)',
    LISTENER: 'lsn-1@443 (web)',
    STATUS: 'running',
    SLOT: 'default',
    CERTIFICATE: '101-cn-hangzhou (shop)',
    'SHA-256': 'abababababababab',
    OWNER: 'kubernetes/c1/shop',
    POLICY: 'defaults',
    'TLS POLICY': 'tls_cipher_policy_1_2',
    ADDITIONAL: '3/25',
    TAGS: 'env=prod,team=web',
    SEEN: '2026-11-22T00:00:00.000Z',
    FINDINGS: 'drift',
    CONSOLE: row.consoleUrl,
  });
});

test('colour changes nothing but colour', () => {
  const text = renderScan(coloured, view({ bindings }), today);

  const visible = text.replaceAll('\u001B', '<');
  assert.match(visible, /^<\[1mmain \/ cn-hangzhou<\[0m$/m);
  assert.match(visible, /^<\[31m5 h ago\s*<\[0m/m);
  assert.match(visible, /^<\[33m6 d\s*<\[0m/m);
  const stripped = visible.replaceAll(/<\[\d+m/g, '').replaceAll(/ +$/gm, '');
  assert.equal(stripped, renderScan(plain, view({ bindings }), today));
});

test('an empty table says why and what to do', () => {
  const filtered = { total: 12 };

  assert.equal(renderScan(plain, view({}), today), 'nothing is there\n');
  assert.equal(
    renderScan(plain, view({}, filtered), today),
    'none of the 12 bindings matches: leave a filter out to see more\n',
  );
  assert.match(
    renderScan(plain, view({ missing: [aGap] }), today),
    /^no TLS listener found, but not everything could be read: newleaf doctor .*\nmissing: ListL/,
  );
  assert.match(renderScan(plain, view({ bindings }, filtered), today), /^4 of 12 bindings shown$/m);
});

test('a cell that holds a line break or a control character cannot break its table', () => {
  const rows = [{ name: 'edge\nfake  row\u001B[2J' }, { name: 'second' }];

  const text = table([{ title: 'NAME', text: (row: { name: string }) => row.name }], rows);

  assert.equal(text, 'NAME\nedge fake  row [2J\nsecond\n');
});

test('wide characters take two columns', () => {
  const rows = [{ name: '支付网关' }, { name: 'edge' }];
  const columns = [
    { title: 'NAME', text: (row: { name: string }) => row.name },
    { title: 'X', text: () => 'x' },
  ];

  assert.equal(table(columns, rows), 'NAME      X\n支付网关  x\nedge      x\n');
});

test('a rotation that went back tells what each zone served, and its whole timeline', async () => {
  const text = renderRotation(plain, await aRolledBackRotation());

  const lines = text.split('\n');
  assert.match(lines[0] ?? '', /^rotation r1 {2}rolled-back/);
  assert.match(text, /^listener lsn-1@443 of edge \(main, cn-hangzhou\)$/m);
  assert.match(text, /^replace default: from 101-cn-hangzhou to 202-cn-hangzhou, plan /m);
  assert.match(text, /^stale: cn-hangzhou-b \S+ served [\da-f]{16} for no server name/m);
  const kinds = lines.flatMap((line) => /^\d{4}-\S+Z {2}(\S+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(kinds.slice(0, 5), ['baseline', 'intended', 'called', 'settled', 'verified']);
  assert.deepEqual(kinds.slice(-2), ['looked-again', 'looked-again']);
  assert.match(text, /intended {8}swap of step 0, attempt 1/);
  assert.match(text, /verified {8}swap disproven/);
  assert.match(text, /15 min later: proven/);
  assert.doesNotMatch(text, / $/m);
  assert.doesNotMatch(text, /undefined|NaN|\[object/);
});

test('a rotation that asks for somebody ends with the command to type, until somebody answered', async () => {
  const rolledBack = await aRolledBackRotation();
  const at = '2026-11-22T00:00:00.000Z';
  const bound = { default: ['101'], additional: ['202', '303'], ca: [], clientAuth: false };
  const asks: RotationDocument = {
    ...rolledBack,
    outcome: 'needs-operator',
    detail: 'the old certificate could not be put back',
    blind: ['cn-hangzhou-c 10.0.0.1:443'],
    journal: [{ at, kind: 'needs-operator', bound }],
  };

  const open = renderRotation(plain, asks);
  const unread = { ...asks, journal: [{ at, kind: 'needs-operator', bound: null }] };

  assert.match(open, /needs-operator: the old certificate could not be put back\n/);
  assert.match(open, /not proven: cn-hangzhou-c 10\.0\.0\.1:443 is outside the vantage/);
  assert.match(open, /^bound at \S+Z: default 101, additional 202 and 303$/m);
  assert.match(renderRotation(plain, unread), /^nobody could read what was bound at \S+Z$/m);
  assert.match(open, /\(newleaf verify lsn-1@443\)/);
  assert.match(open, /newleaf resolve r1 --as old\|new\|other --note "what you saw"\n$/);
  assert.doesNotMatch(renderRotation(plain, { ...asks, resolvedAs: 'old' }), /newleaf resolve/);
});

test('an event of a later release shows its kind', async () => {
  const rotation = await aRolledBackRotation();
  const journal = [{ at: '2026-11-22T00:00:00.000Z', kind: 'imported', what: { a: 1 } }];

  const text = renderRotation(plain, { ...rotation, journal });

  assert.match(text, /^2026-11-22T00:00:00\.000Z {2}imported$/m);
});

test('past rotations stand in columns, those under way with their phase', async () => {
  const {
    journal: _journal,
    steps: _steps,
    mismatches: _mismatches,
    ...past
  } = await aRolledBackRotation();
  const now = { ...past, rotationId: 'r2', outcome: null, phase: 'verifying', reason: null };

  const text = renderRotations(plain, [now, past]);

  assert.match(text, /^ADMITTED +ROTATION +LISTENER +FROM +TO +OUTCOME +WHY\n/);
  assert.match(text, /r2 +lsn-1@443 +101-cn-hangzhou +202-cn-hangzhou +verifying\n/);
  assert.match(text, /r1 +lsn-1@443 +101-cn-hangzhou +202-cn-hangzhou +rolled-back/);
  assert.equal(renderRotations(plain, []), 'no rotations so far\n');
});
